Feature: Customers have conditions, as their group has, and limits of their own

  Scenario: A group has a code in capitals and a discount
    When the group "gold" with a discount of 15 % is created
    Then the group GOLD has
      | name       | discount percent | price list id |
      | Group gold | 15               | nothing       |

  Scenario Outline: A group that makes no sense is refused
    When the group "<code>" with a discount of <percent> % is created
    Then it is refused: <message>

    Examples:
      | code          | percent | message                                |
      | TRADE         | 5       | customergroup TRADE exists already     |
      | trade         | 5       | customergroup TRADE exists already     |
      | GOLD          | 101     | discount must be a percentage, not 101 |
      | GOLD          | -1      | discount must be a percentage, not -1  |
      | GOLDEN-EAGLES | 5       | code must have at most 12 characters   |

  Scenario: A group can have a price list of its own
    Given this price list is created
      | code |
      | GOLD |
    When the group GOLD with the price list GOLD is created
    Then the group GOLD has
      | discount percent | price list id |
      | 0                | 2             |

  Scenario: A credit limit is set and lifted
    Given the customer ada@example.com
    When the credit limit of ada@example.com is set to 500.00
    Then the customer ada@example.com has
      | credit limit cents |
      | 50000              |
    When the credit limit of ada@example.com is lifted
    Then the customer ada@example.com has
      | credit limit cents |
      | nothing            |

  Scenario: A credit limit of nothing is a limit
    Given the customer ada@example.com
    When the credit limit of ada@example.com is set to 0.00
    And ada@example.com orders HAM-001 x 1
    Then it is refused: ada@example.com would be 2356 cents over the credit limit

  Scenario: A credit limit is not negative
    Given the customer ada@example.com
    When the credit limit of ada@example.com is set to -0.01
    Then it is refused: credit limit must not be negative, but is -1

  Scenario: A blocked customer cannot order until unblocked
    Given the customer ada@example.com
    And ada@example.com is blocked
    When ada@example.com orders HAM-001 x 1
    Then it is refused: ada@example.com is blocked
    And the error is of the kind BlockedError
    When ada@example.com is unblocked
    And ada@example.com orders HAM-001 x 1
    Then the order is placed
