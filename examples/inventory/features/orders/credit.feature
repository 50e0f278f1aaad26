Feature: Customers owe no more than their limit

  Background:
    Given the customer ada@example.com
    And 100 HAM-001 are received in A-01 at 9.00

  Scenario: Without a limit, any sum will do
    When I ask for how much ada@example.com may still order
    Then the answer is nothing
    When ada@example.com orders HAM-001 x 1000
    Then the order is placed

  Scenario: Open orders use up the limit
    Given the credit limit of ada@example.com is set to 50.00
    When ada@example.com orders HAM-001 x 1
    Then the open orders of ada@example.com come to 23.56
    When I ask for how much ada@example.com may still order
    Then the answer is 2644
    When ada@example.com orders HAM-001 x 1
    And I ask for how much ada@example.com may still order
    Then the answer is 288
    When ada@example.com orders HAM-001 x 1
    Then it is refused: ada@example.com would be 2068 cents over the credit limit
    And the error's over_cents is 2068

  Scenario: Exactly the limit is within it
    Given the credit limit of ada@example.com is set to 23.56
    When ada@example.com orders HAM-001 x 1
    Then the order is placed

  Scenario: What is shipped or cancelled no longer counts
    Given the credit limit of ada@example.com is set to 50.00
    And ada@example.com orders HAM-001 x 1
    And the order is allocated now
    And the order is handed over
    And ada@example.com orders HAM-001 x 1
    And the order is cancelled now
    Then the open orders of ada@example.com come to 0.00
    When I ask for how much ada@example.com may still order
    Then the answer is 5000

  Scenario: A limit that came too late leaves nothing, not less
    Given ada@example.com orders HAM-001 x 2
    When the credit limit of ada@example.com is set to 10.00
    And I ask for how much ada@example.com may still order
    Then the answer is 0
