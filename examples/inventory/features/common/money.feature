Feature: Money
  Amounts are whole cents of one currency; sums are never a fraction off.

  Scenario: Amounts of one currency are added
    When 12.50 EUR and 0.75 EUR are added
    Then the answer is 13.25 EUR

  Scenario: Amounts of one currency are subtracted
    When 12.50 USD are subtracted from 10.00 USD
    Then the answer is -2.50 USD

  Scenario: An amount is multiplied
    When 19.99 EUR are multiplied by 1000
    Then the answer is 19,990.00 EUR

  Scenario Outline: Amounts of one currency are compared
    When I ask whether <left> EUR is less than <right> EUR
    Then the answer is <result>

    Examples:
      | left | right | result |
      | 1.00 | 1.01  | yes    |
      | 1.00 | 1.00  | no     |
      | 1.01 | 1.00  | no     |

  Scenario: Amounts of two currencies cannot be added
    When 1.00 EUR and 1.00 USD are added
    Then it is refused: EUR and USD do not mix: convert first

  Scenario: Amounts of two currencies cannot be subtracted
    When 1.00 EUR are subtracted from 1.00 CHF
    Then it is refused: CHF and EUR do not mix: convert first

  Scenario: Amounts of two currencies cannot be compared
    When I ask whether 1.00 GBP is less than 2.00 EUR
    Then it is refused: GBP and EUR do not mix: convert first

  Scenario Outline: A decimal amount becomes cents, half a cent away from zero
    When the amount <amount> is read as cents
    Then the answer is <cents>

    Examples:
      | amount | cents |
      | 14.90  | 1490  |
      | 0.005  | 1     |
      | 0.0049 | 0     |
      | -0.005 | -1    |
      | 2.675  | 268   |

  Scenario Outline: An amount is shared without losing a cent
    When <amount> cents are shared by the weights <weights>
    Then the answer is <shares>

    Examples:
      | amount | weights    | shares        |
      | 100    | 1, 1, 1    | 34, 33, 33    |
      | 101    | 1, 1, 1    | 34, 34, 33    |
      | 100    | 1, 2, 3    | 17, 33, 50    |
      | 10     | 0, 1       | 0, 10         |
      | 1      | 1, 1, 1, 1 | 1, 0, 0, 0    |
      | -100   | 1, 1, 1    | -33, -33, -34 |

  Scenario: Nobody can share by nothing
    When 100 cents are shared by the weights 0, 0
    Then it is refused: weights must have a positive sum
