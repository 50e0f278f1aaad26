Feature: Products over HTTP

  Scenario: Products are listed page by page
    When I GET /products?limit=2
    Then the status is 200
    And the answer has
      | field       | value                        |
      | total       | 6                            |
      | items.0.sku | "CAB-001"                    |
      | items.1.sku | "COF-001"                    |
      | next        | "/products?limit=2&offset=2" |
    When I GET /products?limit=2&offset=4
    Then the answer has
      | field       | value     |
      | items.0.sku | "PHO-001" |
      | items.1.sku | "SAW-001" |
    And the answer has no "next"

  Scenario: Products are found by words
    When I GET /products?q=hand
    Then the answer has
      | field        | value               |
      | total        | 1                   |
      | items.0.name | "Hand saw"          |
      | items.0.href | "/products/SAW-001" |

  Scenario Outline: Pages have limits
    When I GET /products?<query>
    Then the status is 422
    And the problem is invalid-value: <detail>

    Examples:
      | query     | detail                               |
      | limit=0   | limit must be from 1 to 100, not 0   |
      | limit=101 | limit must be from 1 to 100, not 101 |
      | limit=all | limit must be a whole number, not 'all' |
      | offset=-1 | offset must be a whole number, not '-1' |

  Scenario: A product is added
    When I POST /products with
      """
      {"sku": "pli-001", "name": "Pliers", "category": "TOOLS", "weight": "0.35 kg"}
      """
    Then the status is 201
    And the header Location is /products/PLI-001
    When I GET /products/PLI-001
    Then the answer has
      | field        | value      |
      | name         | "Pliers"   |
      | weight_grams | 350        |
      | category     | "TOOLS"    |
      | tax_code     | "standard" |
      | is_active    | true       |
      | barcodes     | []         |

  Scenario Outline: What makes no sense is not added
    When I POST /products with
      """
      <body>
      """
    Then the status is <status>
    And the problem is <kind>: <detail>

    Examples:
      | body                                                      | status | kind             | detail |
      | {"sku": "PLI-001", "category": "TOOLS"}                   | 422    | invalid-value    | name is missing |
      | {"sku": 7, "name": "Pliers", "category": "TOOLS"}         | 422    | invalid-value    | sku must be of the type str, not 7 |
      | {"sku": "HAM-001", "name": "Hammer", "category": "TOOLS"} | 409    | duplicate-record | product HAM-001 exists already |
      | {"sku": "PLI-001", "name": "Pliers", "category": "TOYS"}  | 404    | unknown-record   | no category TOYS |
      | ["PLI-001"]                                               | 400    | malformed-body   | the body must be a JSON object: it is a list |
      | pliers                                                    | 400    | malformed-body   | the body must be a JSON object: Expecting value: line 1 column 1 (char 0) |

  Scenario: A product leaves the catalogue
    When I DELETE /products/CAB-001
    Then the status is 204
    And the body is empty
    When I GET /products/CAB-001
    Then the answer has
      | field     | value |
      | is_active | false |

  Scenario: A product that is still there does not leave
    Given 5 HAM-001 are received in A-01 at 7.00
    When I DELETE /products/HAM-001
    Then the status is 409
    And the problem is still-in-stock: HAM-001: 5 are still in stock

  Scenario: Who has an answer does not get it again until it changes
    Given I GET /products/HAM-001
    And I have the last answer already
    When I GET /products/HAM-001
    Then the status is 304
    And the body is empty
    Given HAM-001 is discontinued
    When I GET /products/HAM-001
    Then the status is 200

  Scenario: Only the headers are sent to those who ask for them
    When I HEAD /products/HAM-001
    Then the status is 200
    And the body is empty
    And the header Content-Type is application/json; charset=utf-8
