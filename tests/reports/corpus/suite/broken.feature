Feature: a database
  Background:
    Given a database that is down

  Scenario: connects
    When 1 EUR are charged

  Scenario: without steps
