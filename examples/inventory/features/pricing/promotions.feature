Feature: Promotions make products cheaper for a while

  Scenario Outline: A promotion holds for its product, its category with all below it, or everything
    Given the subcategory "Hammers" of "Tools" is created
    And these products
      | sku     | category |
      | HAM-009 | Hammers  |
    And this promotion starts
      | code   | reduction | value | sku   | category   |
      | SPRING | percent   | 10    | <sku> | <category> |
    When I ask which promotions hold for 1 HAM-009
    Then the answer is <promotions>

    Examples:
      | sku     | category | promotions |
      |         |          | SPRING     |
      | HAM-009 |          | SPRING     |
      | HAM-001 |          | nothing    |
      |         | Hammers  | SPRING     |
      |         | Tools    | SPRING     |
      |         | Food     | nothing    |

  Scenario Outline: A promotion holds from its first to its last day
    Given this promotion starts
      | code   | reduction | value | from       | to         |
      | SPRING | percent   | 10    | 2026-03-02 | 2026-03-08 |
    And it is <day>
    When I ask which promotions hold for 1 HAM-001
    Then the answer is <promotions>

    Examples:
      | day        | promotions |
      | 2026-03-01 | nothing    |
      | 2026-03-02 | SPRING     |
      | 2026-03-08 | SPRING     |
      | 2026-03-09 | nothing    |

  Scenario Outline: A promotion holds from its quantity on
    Given this promotion starts
      | code  | reduction | value | minimum |
      | DOZEN | amount    | 100   | 12      |
    When I ask what promotions take off <count> HAM-001 at 14.90
    Then the answer is <cents>

    Examples:
      | count | cents |
      | 11    | 0     |
      | 12    | 1200  |
      | 13    | 1300  |

  Scenario Outline: Each reduction is reckoned in its own way
    Given this promotion starts
      | code | reduction   | value   | minimum   |
      | ONE  | <reduction> | <value> | <minimum> |
    When I ask what promotions take off <count> HAM-001 at <price>
    Then the answer is <cents>

    Examples:
      | reduction   | value | minimum | count | price | cents |
      | percent     | 10    | 1       | 3     | 14.90 | 447   |
      | percent     | 50    | 1       | 1     | 0.25  | 13    |
      | percent     | 100   | 1       | 2     | 14.90 | 2980  |
      | amount      | 100   | 1       | 3     | 14.90 | 300   |
      | amount      | 2000  | 1       | 3     | 14.90 | 4470  |
      | free-pieces | 1     | 3       | 2     | 10.00 | 0     |
      | free-pieces | 1     | 3       | 3     | 10.00 | 1000  |
      | free-pieces | 1     | 3       | 8     | 10.00 | 2000  |
      | free-pieces | 2     | 5       | 10    | 10.00 | 4000  |

  Scenario Outline: All stackable promotions together, or the best of the others
    Given this promotion starts
      | code | reduction | value | stackable |
      | S1   | percent   | 10    | yes       |
    And this promotion starts
      | code | reduction | value | stackable |
      | S2   | amount    | 100   | yes       |
    And this promotion starts
      | code  | reduction | value   |
      | ALONE | percent   | <alone> |
    And this promotion starts
      | code  | reduction | value |
      | SMALL | percent   | 1     |
    When I ask what promotions take off 10 HAM-001 at 14.90
    Then the answer is <cents>

    Examples:
      | alone | cents |
      | 15    | 2490  |
      | 25    | 3725  |

  Scenario: Stackable promotions never take off more than everything
    Given this promotion starts
      | code | reduction | value | stackable |
      | S1   | amount    | 1000  | yes       |
    And this promotion starts
      | code | reduction | value | stackable |
      | S2   | percent   | 60    | yes       |
    When I ask what promotions take off 2 HAM-001 at 14.90
    Then the answer is 2980

  Scenario Outline: A promotion that makes no sense is refused
    When this promotion starts
      | code   | reduction   | value   | minimum   | from       | to   | sku   | category   |
      | <code> | <reduction> | <value> | <minimum> | 2026-03-02 | <to> | <sku> | <category> |
    Then it is refused: <message>
    And there are 0 rows in promotion

    Examples:
      | code | reduction   | value | minimum | to         | sku     | category | message                                         |
      | ONE  | percent     | 101   | 1       | 2026-03-03 |         |          | value must be a percentage, not 101             |
      | ONE  | percent     | 0     | 1       | 2026-03-03 |         |          | value must be positive, not 0                   |
      | ONE  | amount      | 0     | 1       | 2026-03-03 |         |          | value must be positive, not 0                   |
      | ONE  | amount      | 1     | 0       | 2026-03-03 |         |          | minimum_quantity must be positive, not 0        |
      | ONE  | free-pieces | 3     | 3       | 2026-03-03 |         |          | value must leave something to pay for           |
      | ONE  | percent     | 10    | 1       | 2026-03-01 |         |          | ends_on must not be before 2026-03-02           |
      | ONE  | percent     | 10    | 1       | 2026-03-03 | HAM-001 | Tools    | scope must be a product or a category, not both |
      |      | percent     | 10    | 1       | 2026-03-03 |         |          | code must not be empty                          |

  Scenario: A code is taken only once
    Given this promotion starts
      | code   | reduction | value |
      | SPRING | percent   | 10    |
    When this promotion starts
      | code   | reduction | value |
      | SPRING | amount    | 10    |
    Then it is refused: promotion SPRING exists already
