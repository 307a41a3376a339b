// Every way a test can end in Jest, Vitest (with its globals) and Mocha; see ../README.md.
describe("payments", () => {
  it("charges a card", () => {});

  it("refunds a payment", () => {
    const answer = { status: 500 };
    if (answer.status !== 200) throw new Error("Expected: 200\nReceived: 500");
  });

  describe("in another currency", () => {
    it("rounds <half> & up", () => {
      if (typeof expect === "function") expect(2.5).toBe(3);
      else throw new TypeError("2.5 is not 3");
    });
  });

  it.skip("is for later", () => {});
  if (it.todo) it.todo("pays out");
  it("never ends", () => new Promise(() => {}), 50);
});

describe("a database", () => {
  (globalThis.beforeAll ?? globalThis.before)(() => {
    throw new Error("the database is down");
  });

  it("connects", () => {});
});
