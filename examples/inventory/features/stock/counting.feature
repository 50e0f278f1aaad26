Feature: Goods are counted

  Background:
    Given the example shop

  Scenario Outline: The stock is corrected to the counted quantity
    When <counted> pieces of <sku> are counted in <warehouse>
    Then the difference is <difference>
    And <warehouse> has <counted> pieces of <sku>, <counted> of them available

    Examples:
      | counted | sku     | warehouse | difference |
      | 0       | HAM-001 | MAIN      | -100       |
      | 40      | HAM-001 | MAIN      | -60        |
      | 99      | HAM-001 | NORD      | 59         |
      | 101     | HAM-001 | NORD      | 61         |
      | 260     | HAM-001 | MAIN      | 160        |
      | 0       | SAW-001 | NORD      | -40        |
      | 40      | SAW-001 | NORD      | 0          |
      | 99      | SAW-001 | MAIN      | -1         |
      | 101     | SAW-001 | MAIN      | 1          |
      | 260     | SAW-001 | NORD      | 220        |
      | 0       | MIL-001 | MAIN      | -100       |
      | 40      | MIL-001 | MAIN      | -60        |
      | 99      | MIL-001 | NORD      | 59         |
      | 101     | MIL-001 | NORD      | 61         |
      | 260     | MIL-001 | MAIN      | 160        |
      | 0       | COF-001 | NORD      | -40        |
      | 40      | COF-001 | NORD      | 0          |
      | 99      | COF-001 | MAIN      | -1         |
      | 101     | COF-001 | MAIN      | 1          |
      | 260     | COF-001 | NORD      | 220        |
      | 0       | PHO-001 | MAIN      | -100       |
      | 40      | PHO-001 | MAIN      | -60        |
      | 99      | PHO-001 | NORD      | 59         |
      | 101     | PHO-001 | NORD      | 61         |
      | 260     | PHO-001 | MAIN      | 160        |
      | 0       | CAB-001 | NORD      | -40        |
      | 40      | CAB-001 | NORD      | 0          |
      | 99      | CAB-001 | MAIN      | -1         |
      | 101     | CAB-001 | MAIN      | 1          |
      | 260     | CAB-001 | NORD      | 220        |

  Scenario Outline: A negative quantity is rejected
    When <counted> pieces of <sku> are counted in MAIN
    Then it fails: quantity must not be negative: <counted>

    Examples:
      | counted | sku     |
      | -1      | HAM-001 |
      | -1      | SAW-001 |
      | -1      | MIL-001 |
      | -1      | COF-001 |
      | -1      | PHO-001 |
      | -1      | CAB-001 |
      | -100    | HAM-001 |
      | -100    | SAW-001 |
      | -100    | MIL-001 |
      | -100    | COF-001 |
      | -100    | PHO-001 |
      | -100    | CAB-001 |

  Scenario Outline: Reserved pieces cannot be missing
    Given tom@example.com orders <ordered> CAB-001 from MAIN
    And the order is allocated
    When <counted> pieces of CAB-001 are counted in MAIN
    Then it fails: quantity must not be below the <ordered> reserved pieces: <counted>

    Examples:
      | ordered | counted |
      | 1       | 0       |
      | 5       | 4       |
      | 20      | 0       |
      | 50      | 10      |
      | 100     | 99      |
      | 100     | 0       |

  Scenario Outline: All pieces that are not reserved can be missing
    Given tom@example.com orders <ordered> CAB-001 from MAIN
    And the order is allocated
    When <ordered> pieces of CAB-001 are counted in MAIN
    Then MAIN has <ordered> pieces of CAB-001, 0 of them available

    Examples:
      | ordered |
      | 1       |
      | 5       |
      | 20      |
      | 50      |
      | 99      |
