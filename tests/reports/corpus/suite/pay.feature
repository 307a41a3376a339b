Feature: payments
  Background:
    Given an account

  Scenario: charge a card
    When 12 EUR are charged
    Then the balance is 12

  Scenario: refund a payment
    When 12 EUR are charged
    Then the balance is 10

  Scenario: pay out
    When something nobody wrote a step for

  Scenario: later
    When it is for later
    Then the balance is 0

  @broken
  Scenario: an empty database
    When 1 EUR are charged

  Scenario Outline: many amounts
    When <amount> EUR are charged
    Then the balance is <balance>

    Examples:
      | amount | balance |
      | 1      | 1       |
      | 2      | 3       |
