Feature: Orders have consecutive numbers

  Background:
    Given the example shop

  Scenario Outline: A rejected order uses no number
    Given ada@example.com orders 1 <sku> from MAIN
    And the number of the order is SO-000001
    And tom@example.com orders <rejected> from MAIN
    Then it fails: <message>
    When eve@example.com orders 1 <sku> from MAIN
    Then the number of the order is SO-000002

    Examples:
      | sku     | rejected  | message                          |
      | HAM-001 | nothing   | order must have a product        |
      | HAM-001 | 0 HAM-001 | quantity must be positive, not 0 |
      | HAM-001 | 1 BOX-001 | product BOX-001 does not exist   |
      | SAW-001 | nothing   | order must have a product        |
      | SAW-001 | 0 HAM-001 | quantity must be positive, not 0 |
      | SAW-001 | 1 BOX-001 | product BOX-001 does not exist   |
      | MIL-001 | nothing   | order must have a product        |
      | MIL-001 | 0 HAM-001 | quantity must be positive, not 0 |
      | MIL-001 | 1 BOX-001 | product BOX-001 does not exist   |
      | COF-001 | nothing   | order must have a product        |
      | COF-001 | 0 HAM-001 | quantity must be positive, not 0 |
      | COF-001 | 1 BOX-001 | product BOX-001 does not exist   |
      | PHO-001 | nothing   | order must have a product        |
      | PHO-001 | 0 HAM-001 | quantity must be positive, not 0 |
      | PHO-001 | 1 BOX-001 | product BOX-001 does not exist   |
      | CAB-001 | nothing   | order must have a product        |
      | CAB-001 | 0 HAM-001 | quantity must be positive, not 0 |
      | CAB-001 | 1 BOX-001 | product BOX-001 does not exist   |
