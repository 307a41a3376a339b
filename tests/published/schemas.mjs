// Turns Slack's published types into JSON Schemas: one file, schemas.json, an object from a type's name to its schema.
// One schema a type, because the packages use one name for different things.
import { readFileSync, writeFileSync } from "node:fs";
import { createGenerator } from "ts-json-schema-generator";

const names = [...readFileSync("types.ts", "utf8").matchAll(/^export type (\w+)/gm)].map(([, name]) => name);

const generator = createGenerator({
  path: "types.ts", tsconfig: "tsconfig.json", skipTypeCheck: true, topRef: true, expose: "export",
});
const schemas = Object.fromEntries(names.map((name) => [name, generator.createSchema(name)]));
writeFileSync("schemas.json", JSON.stringify(schemas));
