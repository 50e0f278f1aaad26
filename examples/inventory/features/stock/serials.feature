Feature: Telephones are followed piece by piece

  Background:
    Given this stock
      | sku     | count | bin  | cents | numbers  |
      | PHO-001 | 3     | A-01 | 30000 | P1 P2 P3 |

  Scenario: Pieces have numbers while they are there
    Then the PHO-001 in stock have the numbers P1, P2, P3
    When 2 PHO-001 are issued from MAIN, numbers P1, P3
    Then they had cost 600.00
    And the PHO-001 in stock have the numbers P2
    And the PHO-001 with the number P3 is sold
    And 1 PHO-001 are on hand in MAIN

  Scenario Outline: The numbers have to be those of the pieces
    Given 1 PHO-001 are issued from MAIN, numbers P1
    When <count> PHO-001 are issued from MAIN, numbers <numbers>
    Then it is refused: <message>
    And the PHO-001 in stock have the numbers P2, P3

    Examples:
      | count | numbers | message                                                   |
      | 1     | P1      | PHO-001 P1 is sold: cannot withdraw it                    |
      | 2     | P2, P1  | PHO-001 P1 is sold: cannot withdraw it                    |
      | 1     | P9      | no serialnumber P9                                        |
      | 2     | P2      | serial numbers of PHO-001 must be 2 different ones, not 1 |
      | 2     | P2, P2  | serial numbers of PHO-001 must be 2 different ones, not 2 |
      | 1     | P2, P3  | serial numbers of PHO-001 must be 1 different ones, not 2 |

  Scenario: A piece that was sold can come back
    Given 1 PHO-001 are issued from MAIN, numbers P1
    When this is received
      | sku     | count | numbers |
      | PHO-001 | 1     | P1      |
    Then the PHO-001 in stock have the numbers P1, P2, P3

  Scenario: A piece that is there cannot come in
    When this is received
      | sku     | count | numbers |
      | PHO-001 | 2     | P4 P1   |
    Then it is refused: serialnumber P1 exists already
    And the PHO-001 in stock have the numbers P1, P2, P3

  Scenario: A scrapped piece is gone for good
    When the PHO-001 P2 in A-01 is scrapped
    Then they had cost 300.00
    And the PHO-001 with the number P2 is scrapped
    And 2 PHO-001 are on hand in MAIN
    When this is received
      | sku     | count | numbers |
      | PHO-001 | 1     | P2      |
    Then it is refused: serialnumber P2 exists already

  Scenario Outline: What is not there cannot be scrapped
    When the PHO-001 <number> in <bin> is scrapped
    Then it is refused: <message>

    Examples:
      | number | bin  | message                           |
      | P1     | P-01 | PHO-001: 1 asked for, 0 available |
      | P9     | A-01 | no serialnumber P9                |

  Scenario: Two products may use the same numbers
    Given these products
      | sku     | tracking |
      | CAM-001 | serial   |
    When this is received
      | sku     | count | numbers |
      | CAM-001 | 1     | P1      |
    Then the CAM-001 in stock have the numbers P1
