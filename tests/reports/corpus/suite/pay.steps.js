const { Before, Given, Then, When } = require("@cucumber/cucumber");

Before({ tags: "@broken" }, () => {
  throw new Error("the database is down");
});
Given("an account", function () {
  this.balance = 0;
});
Given("a database that is down", () => {
  throw new Error("the database is down");
});
When("{int} EUR are charged", function (amount) {
  this.balance += amount;
});
When("it is for later", () => "skipped");
Then("the balance is {int}", function (balance) {
  if (this.balance !== balance) throw new Error(`Expected: ${balance}\nReceived: ${this.balance}`);
});
