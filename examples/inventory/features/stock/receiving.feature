Feature: Goods arrive in a warehouse

  Background:
    Given the example shop

  Scenario Outline: The stock grows by the received quantity
    When <quantity> pieces of <sku> arrive in <warehouse>
    Then <warehouse> has <total> pieces of <sku>, <total> of them available

    Examples:
      | quantity | sku     | warehouse | total |
      | 1        | HAM-001 | NORD      | 41    |
      | 7        | HAM-001 | NORD      | 47    |
      | 25       | HAM-001 | NORD      | 65    |
      | 99       | HAM-001 | NORD      | 139   |
      | 1000     | HAM-001 | MAIN      | 1100  |
      | 1        | SAW-001 | MAIN      | 101   |
      | 7        | SAW-001 | MAIN      | 107   |
      | 25       | SAW-001 | MAIN      | 125   |
      | 99       | SAW-001 | MAIN      | 199   |
      | 1000     | SAW-001 | NORD      | 1040  |
      | 1        | MIL-001 | NORD      | 41    |
      | 7        | MIL-001 | NORD      | 47    |
      | 25       | MIL-001 | NORD      | 65    |
      | 99       | MIL-001 | NORD      | 139   |
      | 1000     | MIL-001 | MAIN      | 1100  |
      | 1        | COF-001 | MAIN      | 101   |
      | 7        | COF-001 | MAIN      | 107   |
      | 25       | COF-001 | MAIN      | 125   |
      | 99       | COF-001 | MAIN      | 199   |
      | 1000     | COF-001 | NORD      | 1040  |
      | 1        | PHO-001 | NORD      | 41    |
      | 7        | PHO-001 | NORD      | 47    |
      | 25       | PHO-001 | NORD      | 65    |
      | 99       | PHO-001 | NORD      | 139   |
      | 1000     | PHO-001 | MAIN      | 1100  |
      | 1        | CAB-001 | MAIN      | 101   |
      | 7        | CAB-001 | MAIN      | 107   |
      | 25       | CAB-001 | MAIN      | 125   |
      | 99       | CAB-001 | MAIN      | 199   |
      | 1000     | CAB-001 | NORD      | 1040  |

  Scenario Outline: A wrong quantity is rejected
    When <quantity> pieces of <sku> arrive in MAIN
    Then it fails: quantity must be positive, not <quantity>
    And MAIN has 100 pieces of <sku>, 100 of them available

    Examples:
      | quantity | sku     |
      | 0        | HAM-001 |
      | 0        | SAW-001 |
      | 0        | MIL-001 |
      | 0        | COF-001 |
      | 0        | PHO-001 |
      | 0        | CAB-001 |
      | -1       | HAM-001 |
      | -1       | SAW-001 |
      | -1       | MIL-001 |
      | -1       | COF-001 |
      | -1       | PHO-001 |
      | -1       | CAB-001 |
      | -50      | HAM-001 |
      | -50      | SAW-001 |
      | -50      | MIL-001 |
      | -50      | COF-001 |
      | -50      | PHO-001 |
      | -50      | CAB-001 |

  Scenario Outline: An unknown record is rejected
    When 5 pieces of <sku> arrive in <warehouse>
    Then it fails: <message>

    Examples:
      | sku     | warehouse | message                                  |
      | HAM-002 | MAIN      | product HAM-002 does not exist           |
      | BOX-001 | MAIN      | product BOX-001 does not exist           |
      | HAM-001 | SUED      | warehouse SUED does not exist            |
      | HAM-001 | WEST      | warehouse WEST does not exist            |
      | hammer  | MAIN      | SKU must look like ABC-123, not 'hammer' |
