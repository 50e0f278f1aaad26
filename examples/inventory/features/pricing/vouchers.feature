Feature: Vouchers reduce a whole order

  Scenario Outline: A voucher takes off a part or a sum, at most all of it
    Given this voucher is issued
      | code   | reduction   | value   |
      | spring | <reduction> | <value> |
    When I ask what the voucher "<typed>" takes off <goods>
    Then the answer is <cents>

    Examples:
      | reduction | value | typed  | goods | cents |
      | percent   | 10    | SPRING | 35.77 | 358   |
      | percent   | 100   | spring | 35.77 | 3577  |
      | amount    | 500   | Spring | 35.77 | 500   |
      | amount    | 5000  | SPRING | 35.77 | 3577  |

  Scenario Outline: A voucher wants a large enough order, and holds up to its last day
    Given this voucher is issued
      | code   | reduction | value | minimum | expires    |
      | SPRING | amount    | 500   | 5000    | 2026-03-31 |
    And it is <day>
    When I ask what the voucher "SPRING" takes off <goods>
    Then the answer is <cents>

    Examples:
      | day        | goods | cents |
      | 2026-03-02 | 50.00 | 500   |
      | 2026-03-31 | 60.00 | 500   |

  Scenario Outline: A voucher that does not hold is refused
    Given this voucher is issued
      | code   | reduction | value | minimum | expires    |
      | SPRING | amount    | 500   | 5000    | 2026-03-31 |
    And it is <day>
    When I ask what the voucher "<code>" takes off <goods>
    Then it is refused: <message>

    Examples:
      | day        | code   | goods | message                                   |
      | 2026-03-02 | SPRING | 49.99 | voucher SPRING needs goods for 5000 cents |
      | 2026-04-01 | SPRING | 50.00 | voucher SPRING expired on 2026-03-31      |
      | 2026-03-02 | SUMMER | 50.00 | no voucher SUMMER                         |

  Scenario: A voucher is used up, and can be used again after a cancellation
    Given the customer ada@example.com
    And this voucher is issued
      | code | reduction | value | limit |
      | ONCE | amount    | 500   | 1     |
    When ada@example.com orders HAM-001 x 1, with
      | voucher |
      | once    |
    Then the voucher ONCE has been used 1 times
    When I ask what the voucher "ONCE" takes off 20.00
    Then it is refused: voucher ONCE is used up
    When the order is cancelled now
    Then the voucher ONCE has been used 0 times
    When I ask what the voucher "ONCE" takes off 20.00
    Then the answer is 500

  Scenario Outline: A voucher that makes no sense is refused
    When this voucher is issued
      | code   | reduction   | value   | minimum   | limit   |
      | <code> | <reduction> | <value> | <minimum> | <limit> |
    Then it is refused: <message>
    And there are 0 rows in voucher

    Examples:
      | code | reduction   | value | minimum | limit | message                                       |
      | ONE  | free-pieces | 1     | 0       |       | reduction must be a percentage or an amount   |
      | ONE  | percent     | 101   | 0       |       | value must be a percentage, not 101           |
      | ONE  | amount      | 0     | 0       |       | value must be positive, not 0                 |
      | ONE  | amount      | 1     | -1      |       | minimum_cents must not be negative, but is -1 |
      | ONE  | amount      | 1     | 0       | 0     | usage_limit must be positive, not 0           |
      |      | amount      | 1     | 0       |       | code must not be empty                        |

  Scenario: A code is taken only once
    Given this voucher is issued
      | code | reduction | value |
      | ONE  | amount    | 1     |
    When this voucher is issued
      | code | reduction | value |
      | one  | percent   | 1     |
    Then it is refused: voucher ONE exists already
