Feature: Price lists say what a piece costs

  Scenario: Better prices for larger quantities
    Given HAM-001 costs 13.50 in RETAIL from 10 pieces on
    And HAM-001 costs 12.00 in RETAIL from 50 pieces on
    Then the prices of HAM-001 in RETAIL are 12.00 from 50, 13.50 from 10, 14.90 from 1

  Scenario Outline: The best quantity that is reached counts
    Given HAM-001 costs 13.50 in RETAIL from 10 pieces on
    And HAM-001 costs 12.00 in RETAIL from 50 pieces on
    When I ask what one of <count> HAM-001 costs the group STANDARD
    Then the answer is <price> EUR

    Examples:
      | count | price |
      | 1     | 14.90 |
      | 9     | 14.90 |
      | 10    | 13.50 |
      | 49    | 13.50 |
      | 50    | 12.00 |

  Scenario: A new price replaces the one for the same quantity
    When HAM-001 costs 15.90 in RETAIL
    Then the prices of HAM-001 in RETAIL are 15.90 from 1

  Scenario Outline: More pieces never cost more each
    Given HAM-001 costs 13.50 in RETAIL from 10 pieces on
    When HAM-001 costs <price> in RETAIL from <count> pieces on
    Then it is refused: <message>
    And the prices of HAM-001 in RETAIL are 13.50 from 10, 14.90 from 1

    Examples:
      | price | count | message                                       |
      | 14.91 | 5     | price must not rise: 1 pieces cost 1490 each  |
      | 13.49 | 5     | price must not rise: 10 pieces cost 1350 each |
      | 13.49 | 1     | price must not rise: 10 pieces cost 1350 each |
      | 14.00 | 20    | price must not rise: 10 pieces cost 1350 each |
      | -0.01 | 20    | price must not be negative, but is -1         |
      | 13.00 | 0     | minimum_quantity must be positive, not 0      |

  Scenario: The group's list comes before the default one
    Given this price list is created
      | code | currency |
      | GOLD | usd      |
    And HAM-001 costs 11.00 in GOLD from 5 pieces on
    And the group GOLD with the price list GOLD is created
    When I ask what one of 5 HAM-001 costs the group GOLD
    Then the answer is 11.00 USD
    When I ask what one of 5 HAM-001 costs the group STANDARD
    Then the answer is 14.90 EUR

  Scenario: What the group's list does not have costs what it costs everybody
    Given this price list is created
      | code |
      | GOLD |
    And HAM-001 costs 11.00 in GOLD from 5 pieces on
    And the group GOLD with the price list GOLD is created
    When I ask what one of 4 HAM-001 costs the group GOLD
    Then the answer is 14.90 EUR
    When I ask what one of 5 SAW-001 costs the group GOLD
    Then the answer is 24.50 EUR

  Scenario Outline: A list counts in its period only
    Given this price list is created
      | code | from       | to         |
      | GOLD | 2026-03-02 | 2026-03-31 |
    And HAM-001 costs 11.00 in GOLD
    And the group GOLD with the price list GOLD is created
    And it is <day>
    When I ask what one of 1 HAM-001 costs the group GOLD
    Then the answer is <price> EUR

    Examples:
      | day        | price |
      | 2026-03-01 | 14.90 |
      | 2026-03-02 | 11.00 |
      | 2026-03-31 | 11.00 |
      | 2026-04-01 | 14.90 |

  Scenario: Of two lists for everybody, the older one comes first
    Given these products
      | sku     | cents |
      | BOX-001 |       |
    And this price list is created
      | code  |
      | EXTRA |
    And the price list EXTRA counts for everybody
    And BOX-001 costs 2.00 in EXTRA
    And HAM-001 costs 2.00 in EXTRA
    When I ask what one of 1 BOX-001 costs the group STANDARD
    Then the answer is 2.00 EUR
    When I ask what one of 1 HAM-001 costs the group STANDARD
    Then the answer is 14.90 EUR

  Scenario: A product without any price cannot be sold
    Given these products
      | sku     |
      | BOX-001 |
    When I ask what one of 1 BOX-001 costs the group STANDARD
    Then it is refused: BOX-001 has no price on 2026-03-02

  Scenario Outline: A list that makes no sense is refused
    When this price list is created
      | code   | currency   | from       | to         |
      | <code> | <currency> | 2026-03-02 | 2026-03-01 |
    Then it is refused: <message>

    Examples:
      | code | currency | message                                |
      | GOLD | EUR      | valid_to must not be before 2026-03-02 |

  Scenario Outline: A list that cannot be told from others is refused
    When this price list is created
      | code   | currency   |
      | <code> | <currency> |
    Then it is refused: <message>

    Examples:
      | code          | currency | message                                |
      | RETAIL        | EUR      | pricelist RETAIL exists already        |
      | GOLD          | EU       | currency must have 3 letters, not 'EU' |
      | GOLDEN-EAGLES | EUR      | code must have at most 12 characters   |
