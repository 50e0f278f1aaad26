Feature: Amounts are rounded halves up

  Scenario Outline: A quotient is rounded
    When <numerator> is divided by <denominator>
    Then the answer is <result>

    Examples:
      | numerator | denominator | result |
      | 4         | 2           | 2      |
      | 5         | 2           | 3      |
      | 4         | 3           | 1      |
      | 5         | 3           | 2      |
      | 0         | 3           | 0      |
      | -1        | 2           | 0      |
      | -3        | 2           | -1     |
      | -4        | 3           | -1     |

  Scenario Outline: A percentage is rounded
    When I ask for <percent> % of <price>
    Then the answer is <cents>

    Examples:
      | percent | price | cents |
      | 19      | 14.90 | 283   |
      | 50      | 0.01  | 1     |
      | 49      | 0.01  | 0     |

  Scenario Outline: A charming price ends in 99, unless it is small change
    When the price <price> is made charming
    Then the answer is <cents>

    Examples:
      | price | cents |
      | 0.99  | 99    |
      | 0.50  | 50    |
      | 1.00  | 199   |
      | 1.99  | 199   |
      | 2.00  | 299   |
      | 14.90 | 1499  |
