Feature: Allocated orders are shipped

  Background:
    Given the example shop

  Scenario Outline: The goods leave the warehouse
    Given <email> orders <quantity> <sku> from MAIN
    And the order is allocated
    When the order is shipped
    Then the state of the order is shipped
    And MAIN has <left> pieces of <sku>, <left> of them available

    Examples:
      | email           | quantity | sku     | left |
      | ada@example.com | 1        | HAM-001 | 99   |
      | ada@example.com | 5        | HAM-001 | 95   |
      | ada@example.com | 2        | SAW-001 | 98   |
      | ada@example.com | 9        | SAW-001 | 91   |
      | ada@example.com | 1        | MIL-001 | 99   |
      | ada@example.com | 5        | MIL-001 | 95   |
      | ada@example.com | 2        | COF-001 | 98   |
      | ada@example.com | 9        | COF-001 | 91   |
      | ada@example.com | 1        | PHO-001 | 99   |
      | ada@example.com | 5        | PHO-001 | 95   |
      | ada@example.com | 2        | CAB-001 | 98   |
      | ada@example.com | 9        | CAB-001 | 91   |
      | tom@example.com | 2        | HAM-001 | 98   |
      | tom@example.com | 9        | HAM-001 | 91   |
      | tom@example.com | 1        | SAW-001 | 99   |
      | tom@example.com | 5        | SAW-001 | 95   |
      | tom@example.com | 2        | MIL-001 | 98   |
      | tom@example.com | 9        | MIL-001 | 91   |
      | tom@example.com | 1        | COF-001 | 99   |
      | tom@example.com | 5        | COF-001 | 95   |
      | tom@example.com | 2        | PHO-001 | 98   |
      | tom@example.com | 9        | PHO-001 | 91   |
      | tom@example.com | 1        | CAB-001 | 99   |
      | tom@example.com | 5        | CAB-001 | 95   |
      | eve@example.com | 1        | HAM-001 | 99   |
      | eve@example.com | 5        | HAM-001 | 95   |
      | eve@example.com | 2        | SAW-001 | 98   |
      | eve@example.com | 9        | SAW-001 | 91   |
      | eve@example.com | 1        | MIL-001 | 99   |
      | eve@example.com | 5        | MIL-001 | 95   |
      | eve@example.com | 2        | COF-001 | 98   |
      | eve@example.com | 9        | COF-001 | 91   |
      | eve@example.com | 1        | PHO-001 | 99   |
      | eve@example.com | 5        | PHO-001 | 95   |
      | eve@example.com | 2        | CAB-001 | 98   |
      | eve@example.com | 9        | CAB-001 | 91   |

  Scenario Outline: Another order cannot be shipped
    Given ada@example.com orders 120 <sku> from MAIN
    And <action>
    When the order is shipped
    Then it fails: cannot ship order SO-000001: it is <state>
    And MAIN has 100 pieces of <sku>, <available> of them available

    Examples:
      | sku     | action                 | state       | available |
      | HAM-001 | today is 2026-03-03    | placed      | 100       |
      | HAM-001 | the order is allocated | backordered | 0         |
      | HAM-001 | the order is cancelled | cancelled   | 100       |
      | SAW-001 | today is 2026-03-03    | placed      | 100       |
      | SAW-001 | the order is allocated | backordered | 0         |
      | SAW-001 | the order is cancelled | cancelled   | 100       |
      | CAB-001 | today is 2026-03-03    | placed      | 100       |
      | CAB-001 | the order is allocated | backordered | 0         |
      | CAB-001 | the order is cancelled | cancelled   | 100       |
      | PHO-001 | today is 2026-03-03    | placed      | 100       |
      | PHO-001 | the order is allocated | backordered | 0         |
      | PHO-001 | the order is cancelled | cancelled   | 100       |
      | COF-001 | today is 2026-03-03    | placed      | 100       |
      | COF-001 | the order is allocated | backordered | 0         |
      | COF-001 | the order is cancelled | cancelled   | 100       |
