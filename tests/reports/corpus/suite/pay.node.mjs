// Every way a test can end in node:test; see ../README.md.
import assert from "node:assert/strict";
import { before, describe, it, test } from "node:test";

describe("payments", () => {
  it("charges a card", () => {});
  it("refunds a payment", () => assert.equal(500, 200));
  describe("in another currency", () => {
    it("rounds #half up", () => assert.deepEqual({ cent: 2.5 }, { cent: 3 }, "no half cents\nin this house"));
  });
  it("is for later", { skip: "not yet" }, () => {});
  it("pays out", { todo: true }, () => {
    throw new Error("not yet");
  });
  it("never ends", { timeout: 50 }, () => new Promise((done) => setTimeout(done, 500)));
});

describe("a database", () => {
  before(() => {
    throw new Error("the database is down");
  });
  it("connects", () => {});
});

test("a parent", async (t) => {
  await t.test("fails", () => {
    throw new TypeError("a child's own error");
  });
});
