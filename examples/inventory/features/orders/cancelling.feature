Feature: Orders are cancelled before the shipment

  Background:
    Given the example shop

  Scenario Outline: The reserved stock is released
    Given <email> orders <quantity> <sku> from NORD
    And <action>
    When the order is cancelled
    Then the state of the order is cancelled
    And NORD has 40 pieces of <sku>, 40 of them available

    Examples:
      | email           | quantity | sku     | action                 |
      | ada@example.com | 3        | HAM-001 | today is 2026-03-03    |
      | ada@example.com | 60       | HAM-001 | the order is allocated |
      | ada@example.com | 3        | SAW-001 | the order is allocated |
      | ada@example.com | 60       | SAW-001 | today is 2026-03-03    |
      | ada@example.com | 3        | MIL-001 | today is 2026-03-03    |
      | ada@example.com | 3        | COF-001 | the order is allocated |
      | ada@example.com | 60       | COF-001 | today is 2026-03-03    |
      | ada@example.com | 3        | PHO-001 | today is 2026-03-03    |
      | ada@example.com | 60       | PHO-001 | the order is allocated |
      | ada@example.com | 3        | CAB-001 | the order is allocated |
      | ada@example.com | 60       | CAB-001 | today is 2026-03-03    |
      | tom@example.com | 3        | HAM-001 | the order is allocated |
      | tom@example.com | 60       | HAM-001 | today is 2026-03-03    |
      | tom@example.com | 3        | SAW-001 | today is 2026-03-03    |
      | tom@example.com | 60       | SAW-001 | the order is allocated |
      | tom@example.com | 3        | MIL-001 | the order is allocated |
      | tom@example.com | 3        | COF-001 | today is 2026-03-03    |
      | tom@example.com | 60       | COF-001 | the order is allocated |
      | tom@example.com | 3        | PHO-001 | the order is allocated |
      | tom@example.com | 60       | PHO-001 | today is 2026-03-03    |
      | tom@example.com | 3        | CAB-001 | today is 2026-03-03    |
      | tom@example.com | 60       | CAB-001 | the order is allocated |
      | eve@example.com | 3        | HAM-001 | today is 2026-03-03    |
      | eve@example.com | 60       | HAM-001 | the order is allocated |
      | eve@example.com | 3        | SAW-001 | the order is allocated |
      | eve@example.com | 60       | SAW-001 | today is 2026-03-03    |
      | eve@example.com | 3        | MIL-001 | today is 2026-03-03    |
      | eve@example.com | 3        | COF-001 | the order is allocated |
      | eve@example.com | 60       | COF-001 | today is 2026-03-03    |
      | eve@example.com | 3        | PHO-001 | today is 2026-03-03    |
      | eve@example.com | 60       | PHO-001 | the order is allocated |
      | eve@example.com | 3        | CAB-001 | the order is allocated |
      | eve@example.com | 60       | CAB-001 | today is 2026-03-03    |

  Scenario Outline: A finished order cannot be cancelled
    Given tom@example.com orders 1 <sku> from MAIN
    And the order is allocated
    And the order is <state>
    When the order is cancelled
    Then it fails: cannot cancel order SO-000001: it is <state>

    Examples:
      | sku     | state     |
      | HAM-001 | shipped   |
      | HAM-001 | cancelled |
      | SAW-001 | shipped   |
      | SAW-001 | cancelled |
      | MIL-001 | shipped   |
      | MIL-001 | cancelled |
      | COF-001 | shipped   |
      | COF-001 | cancelled |
      | PHO-001 | shipped   |
      | PHO-001 | cancelled |
      | CAB-001 | shipped   |
      | CAB-001 | cancelled |
