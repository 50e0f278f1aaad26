Feature: Products can be added to the catalogue

  Scenario Outline: The SKU is stored in its normal form
    When I add the product "<input>" named "Box" to <code> for 2.50 EUR
    Then the product <sku> is "Box" of TOOLS

    Examples:
      | input     | code  | sku     |
      | BOX-001   | TOOLS | BOX-001 |
      | box-001   | tools | BOX-001 |
      | Box-1     | Tools | BOX-001 |
      | BOX1      | TOOLS | BOX-001 |
      | BOX 1     | tools | BOX-001 |
      | box 01    | Tools | BOX-001 |
      | bOx001    | TOOLS | BOX-001 |
      |  BOX-001  | tools | BOX-001 |
      | BOX-12    | Tools | BOX-012 |
      | BOX12     | TOOLS | BOX-012 |
      | BOX-012   | tools | BOX-012 |
      | BOX-999   | Tools | BOX-999 |
      | box999    | TOOLS | BOX-999 |
      | BOX-0     | tools | BOX-000 |
      | ZZZ-9     | Tools | ZZZ-009 |
      | aaa 10    | TOOLS | AAA-010 |
      | NUT-100   | tools | NUT-100 |
      | nut-7     | Tools | NUT-007 |
      | HAM-002   | TOOLS | HAM-002 |
      | ham 3     | tools | HAM-003 |

  Scenario Outline: A wrong SKU is rejected
    When I add the product "<input>" named "Box" to TOOLS for 2.50 EUR
    Then it fails: SKU must look like ABC-123, not '<input>'
    And the table product has 6 rows

    Examples:
      | input     |
      | BOX       |
      | 001       |
      | BO-001    |
      | BOXX-001  |
      | BOX-0001  |
      | BOX--1    |
      | BOX_001   |
      | BOX-A01   |
      | B0X-001   |
      | BOX-001-2 |
      | BOX/1     |
      | -001      |
      | BOX-      |
      | BOX  1    |
      | BÖX-001   |
      | BOX.1     |
      | BOX-1.5   |
      | 1-BOX     |
      | BOX-+1    |

  Scenario Outline: A duplicate SKU is rejected
    When I add the product "<input>" named "Copy" to FOOD for 1 EUR
    Then it fails: product <sku> exists already

    Examples:
      | input   | sku     |
      | HAM-001 | HAM-001 |
      | ham 1   | HAM-001 |
      | SAW-001 | SAW-001 |
      | saw 1   | SAW-001 |
      | MIL-001 | MIL-001 |
      | mil 1   | MIL-001 |
      | COF-001 | COF-001 |
      | cof 1   | COF-001 |
      | PHO-001 | PHO-001 |
      | pho 1   | PHO-001 |
      | CAB-001 | CAB-001 |
      | cab 1   | CAB-001 |

  Scenario Outline: An unknown category is rejected
    When I add the product "BOX-001" named "Box" to <code> for 1 EUR
    Then it fails: category <upper> does not exist

    Examples:
      | code       | upper      |
      | toys       | TOYS       |
      | TOOL       | TOOL       |
      | Garden     | GARDEN     |
      | FOOD2      | FOOD2      |
      | electronic | ELECTRONIC |
      | 1          | 1          |

  Scenario: An empty name is rejected
    When I add the product "BOX-001" named " " to TOOLS for 1 EUR
    Then it fails: name must not be empty

  Scenario Outline: A discontinued product cannot be received or ordered
    Given the example shop
    And the product <sku> is discontinued
    When <action>
    Then it fails: cannot receive or order product <sku>: it is discontinued

    Examples:
      | sku     | action                                     |
      | HAM-001 | 5 pieces of HAM-001 arrive in MAIN         |
      | HAM-001 | ada@example.com orders 1 HAM-001 from MAIN |
      | SAW-001 | 5 pieces of SAW-001 arrive in MAIN         |
      | SAW-001 | ada@example.com orders 1 SAW-001 from MAIN |
      | MIL-001 | 5 pieces of MIL-001 arrive in MAIN         |
      | MIL-001 | ada@example.com orders 1 MIL-001 from MAIN |
      | COF-001 | 5 pieces of COF-001 arrive in MAIN         |
      | COF-001 | ada@example.com orders 1 COF-001 from MAIN |
      | PHO-001 | 5 pieces of PHO-001 arrive in MAIN         |
      | PHO-001 | ada@example.com orders 1 PHO-001 from MAIN |
      | CAB-001 | 5 pieces of CAB-001 arrive in MAIN         |
      | CAB-001 | ada@example.com orders 1 CAB-001 from MAIN |
