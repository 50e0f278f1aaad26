Feature: Goods are transferred between warehouses

  Background:
    Given the example shop

  Scenario Outline: Both stocks change
    When <quantity> pieces of <sku> are transferred from <source> to <target>
    Then <source> has <left> pieces of <sku>, <left> of them available
    And <target> has <total> pieces of <sku>, <total> of them available

    Examples:
      | quantity | sku     | source | target | left | total |
      | 1        | HAM-001 | NORD   | MAIN   | 39   | 101   |
      | 12       | HAM-001 | MAIN   | NORD   | 88   | 52    |
      | 39       | HAM-001 | NORD   | MAIN   | 1    | 139   |
      | 40       | HAM-001 | MAIN   | NORD   | 60   | 80    |
      | 1        | SAW-001 | MAIN   | NORD   | 99   | 41    |
      | 12       | SAW-001 | NORD   | MAIN   | 28   | 112   |
      | 39       | SAW-001 | MAIN   | NORD   | 61   | 79    |
      | 40       | SAW-001 | NORD   | MAIN   | 0    | 140   |
      | 1        | MIL-001 | NORD   | MAIN   | 39   | 101   |
      | 12       | MIL-001 | MAIN   | NORD   | 88   | 52    |
      | 39       | MIL-001 | NORD   | MAIN   | 1    | 139   |
      | 40       | MIL-001 | MAIN   | NORD   | 60   | 80    |
      | 1        | COF-001 | MAIN   | NORD   | 99   | 41    |
      | 12       | COF-001 | NORD   | MAIN   | 28   | 112   |
      | 39       | COF-001 | MAIN   | NORD   | 61   | 79    |
      | 40       | COF-001 | NORD   | MAIN   | 0    | 140   |
      | 1        | PHO-001 | NORD   | MAIN   | 39   | 101   |
      | 12       | PHO-001 | MAIN   | NORD   | 88   | 52    |
      | 39       | PHO-001 | NORD   | MAIN   | 1    | 139   |
      | 40       | PHO-001 | MAIN   | NORD   | 60   | 80    |
      | 1        | CAB-001 | MAIN   | NORD   | 99   | 41    |
      | 12       | CAB-001 | NORD   | MAIN   | 28   | 112   |
      | 39       | CAB-001 | MAIN   | NORD   | 61   | 79    |
      | 40       | CAB-001 | NORD   | MAIN   | 0    | 140   |

  Scenario Outline: More pieces than available are rejected
    When <quantity> pieces of <sku> are transferred from <source> to <target>
    Then it fails: <sku>: <quantity> requested, <stock> available
    And <source> has <stock> pieces of <sku>, <stock> of them available

    Examples:
      | quantity | sku     | source | target | stock |
      | 101      | HAM-001 | MAIN   | NORD   | 100   |
      | 41       | HAM-001 | NORD   | MAIN   | 40    |
      | 500      | HAM-001 | MAIN   | NORD   | 100   |
      | 101      | SAW-001 | MAIN   | NORD   | 100   |
      | 41       | SAW-001 | NORD   | MAIN   | 40    |
      | 500      | SAW-001 | MAIN   | NORD   | 100   |
      | 101      | MIL-001 | MAIN   | NORD   | 100   |
      | 41       | MIL-001 | NORD   | MAIN   | 40    |
      | 500      | MIL-001 | MAIN   | NORD   | 100   |
      | 101      | COF-001 | MAIN   | NORD   | 100   |
      | 41       | COF-001 | NORD   | MAIN   | 40    |
      | 500      | COF-001 | MAIN   | NORD   | 100   |
      | 101      | PHO-001 | MAIN   | NORD   | 100   |
      | 41       | PHO-001 | NORD   | MAIN   | 40    |
      | 500      | PHO-001 | MAIN   | NORD   | 100   |
      | 101      | CAB-001 | MAIN   | NORD   | 100   |
      | 41       | CAB-001 | NORD   | MAIN   | 40    |
      | 500      | CAB-001 | MAIN   | NORD   | 100   |

  Scenario Outline: Reserved pieces stay in the warehouse
    Given ada@example.com orders <ordered> HAM-001 from MAIN
    And the order is allocated
    When <quantity> pieces of HAM-001 are transferred from MAIN to NORD
    Then it fails: HAM-001: <quantity> requested, <available> available

    Examples:
      | ordered | quantity | available |
      | 1       | 100      | 99        |
      | 10      | 91       | 90        |
      | 50      | 51       | 50        |
      | 30      | 80       | 70        |
      | 100     | 1        | 0         |
      | 99      | 2        | 1         |

  Scenario Outline: A wrong transfer is rejected
    When <quantity> pieces of HAM-001 are transferred from <source> to <target>
    Then it fails: <message>

    Examples:
      | quantity | source | target | message                             |
      | 0        | MAIN   | NORD   | quantity must be positive, not 0    |
      | -3       | MAIN   | NORD   | quantity must be positive, not -3   |
      | 1        | MAIN   | MAIN   | target must not be the source: MAIN |
      | 1        | NORD   | nord   | target must not be the source: NORD |
      | 1        | MAIN   | SUED   | warehouse SUED does not exist       |
