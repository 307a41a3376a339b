// Every way a test can end in node-tap; see ../README.md.
const t = require("tap");

t.test("charges a card", async (t) => {
  t.equal(200, 200, "is accepted");
  t.same({ cent: 2.5 }, { cent: 3 }, "rounds #half up");
});
t.test("is for later", { skip: "not yet" }, async () => {});
t.test("pays out", { todo: true }, async (t) => t.fail("not yet"));
t.test("throws", async () => {
  throw new Error("the database is down");
});
