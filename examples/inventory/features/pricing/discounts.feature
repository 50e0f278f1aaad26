Feature: Discounts depend on how much is bought, and on who buys

  Scenario Outline: More is cheaper
    When I ask for the volume discount on <goods>
    Then the answer is <percent>

    Examples:
      | goods   | percent |
      | 0.00    | 0       |
      | 499.99  | 0       |
      | 500.00  | 1       |
      | 1999.99 | 1       |
      | 2000.00 | 3       |
      | 4999.99 | 3       |
      | 5000.00 | 5       |

  Scenario Outline: Each discount is taken from what the others leave, up to 40 percent
    When the discounts <percents> are combined
    Then the answer is <percent>

    Examples:
      | percents | percent |
      | 10       | 10      |
      | 10, 5    | 14      |
      | 5, 10    | 14      |
      | 10, 1    | 10      |
      | 20, 20   | 36      |
      | 30, 20   | 40      |
      | 100      | 40      |
      | 0, 0     | 0       |

  Scenario: A discount is a percentage
    When the discounts 10, 101 are combined
    Then it is refused: discount must be a percentage, not 101

  Scenario Outline: A discount is taken off
    When <percent> % are taken off <price>
    Then the answer is <cents>

    Examples:
      | percent | price | cents |
      | 0       | 14.90 | 1490  |
      | 10      | 14.90 | 1341  |
      | 10      | 5.95  | 535   |
      | 100     | 14.90 | 0     |

  Scenario: Nothing is taken off twice
    When 200 % are taken off 14.90
    Then it is refused: discount must be a percentage, not 200
