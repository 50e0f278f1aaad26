Feature: Prices have to leave a margin

  Scenario Outline: The margin is the part of the price that is earned
    When I ask for the margin of <price> over a cost of <cost>
    Then the answer is <margin>

    Examples:
      | price | cost  | margin |
      | 10.00 | 7.00  | 30     |
      | 14.90 | 7.00  | 53     |
      | 10.00 | 10.00 | 0      |
      | 10.00 | 12.50 | -25    |
      | 10.00 | 0.00  | 100    |

  Scenario: What costs nothing has no margin
    When I ask for the margin of 0.00 over a cost of 1.00
    Then it is refused: price must be positive, not 0

  Scenario Outline: Some prices leave too little
    When I check that <price> leaves a margin over 9.20
    Then it is refused: <cents> cents leave less than 8 % above a cost of 920

    Examples:
      | price | cents |
      | 9.90  | 990   |
      | 9.20  | 920   |
      | 5.00  | 500   |

  Scenario: Others leave enough
    When I check that 10.00 leaves a margin over 9.20
    Then the answer is fine

  Scenario Outline: A price is found for a margin, and a charming one
    When I ask for a price with <margin> % margin over <cost>
    Then the answer is <price> <charming>

    Examples:
      | margin | cost | price | charming |
      | 30     | 7.00 | 10.00 | 10.99    |
      | 0      | 7.00 | 7.00  | 7.99     |
      | 50     | 0.40 | 0.80  | 0.80     |
      | 33     | 9.99 | 14.91 | 14.99    |

  Scenario Outline: Not every margin is possible
    When I ask for a price with <margin> % margin over 7.00
    Then it is refused: margin must be from 0 to 99 percent, not <margin>

    Examples:
      | margin |
      | 100    |
      | -1     |

  Scenario Outline: Prices are rounded to steps
    When <price> is rounded to steps of <step>
    Then the answer is <rounded>

    Examples:
      | price | step | rounded |
      | 1.02  | 0.05 | 1.00    |
      | 1.03  | 0.05 | 1.05    |
      | 1.50  | 1.00 | 2.00    |

  Scenario: There are no steps of nothing
    When 1.02 is rounded to steps of 0.00
    Then it is refused: step must be positive, not 0

  Scenario Outline: A price with tax has one without
    When the tax of <points> basis points is taken out of <gross>
    Then the answer is <net>

    Examples:
      | points | gross | net    |
      | 1900   | 11.90 | 10.00  |
      | 700    | 1.99  | 1.86   |
      | 0      | 5.00  | 5.00   |
