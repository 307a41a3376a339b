// Every way a test can end in Playwright; see ../README.md.
const { expect, test } = require("@playwright/test");

test.describe("checkout", () => {
  test("shows the total", async ({ page }) => {
    await page.setContent("<h1>Total: 12 EUR</h1>");
    await expect(page.getByRole("heading")).toHaveText("Total: 12 EUR");
  });

  test("takes the voucher", async ({ page }) => {
    await page.setContent("<h1>Total: 12 EUR</h1>");
    await expect(page.getByRole("heading")).toHaveText("Total: 10 EUR", { timeout: 200 });
  });

  test.describe("by invoice", () => {
    test("is sent the second time", ({}, info) => {
      expect(info.retry).toBe(1);
    });
    test("never ends", async () => {
      test.setTimeout(300);
      await new Promise(() => {});
    });
  });

  test.skip("is for later", () => {});
  test.fixme("is known to be wrong", () => {});
  test("fails as expected", () => {
    test.fail();
    expect(1).toBe(2);
  });
  test("passes unexpectedly", () => {
    test.fail();
  });
});

test.describe("a database", () => {
  test.beforeAll(() => {
    throw new Error("the database is down");
  });
  test("connects", () => {});
});
