Feature: Products come into the catalogue and leave it

  Scenario: A product is stored with everything that is said of it
    When this product is created
      | sku     | name      | category | unit  | grams | tracking | shelf life | tax     |
      | tea 001 | Green tea | Food     | piece | 250   | lot      | 720        | reduced |
    Then the product TEA-001 has
      | name      | unit  | weight grams | tracking | shelf life days | tax code | is active |
      | Green tea | piece | 250          | lot      | 720             | reduced  | yes       |

  Scenario: A SKU is taken only once, however it is written
    When this product is created
      | sku    |
      | ham001 |
    Then it is refused: product HAM-001 exists already
    And the error is of the kind DuplicateRecordError
    And the error's key is HAM-001

  Scenario Outline: A product that makes no sense is refused
    When this product is created
      | sku     | name   | unit   | grams   | tracking   | shelf life   |
      | NEW-001 | <name> | <unit> | <grams> | <tracking> | <shelf life> |
    Then it is refused: <message>
    And there are 6 rows in product

    Examples:
      | name  | unit  | grams | tracking | shelf life | message                                              |
      | Thing | piece | 1     | none     | 10         | shelf_life_days needs tracking by lot                |
      | Thing | piece | 1     | serial   | 10         | shelf_life_days needs tracking by lot                |
      | Thing | piece | 1     | lot      | 0          | shelf_life_days must be positive, not 0              |
      | Thing | metre | 1     | serial   |            | tracking by serial number makes no sense for a metre |
      | Thing | piece | -1    | none     |            | weight_grams must not be negative, but is -1         |
      |       | piece | 1     | none     |            | name must not be empty                               |

  Scenario Outline: A product is found however its SKU is written
    When I look for the product "<words>"
    Then the answer is SAW-001

    Examples:
      | words   |
      | SAW-001 |
      | saw001  |
      | Saw 001 |

  Scenario: A product that does not exist is not found
    When I look for the product "saw-002"
    Then it is refused: no product SAW-002
    And the error is of the kind UnknownRecordError

  Scenario: A discontinued product cannot come in any more
    Given HAM-001 is discontinued
    When 5 HAM-001 are received in A-01 at 9.00
    Then it is refused: HAM-001 is blocked

  Scenario: A product of which pieces are there cannot be discontinued
    Given 5 HAM-001 are received in A-01 at 9.00
    When HAM-001 is discontinued
    Then it is refused: HAM-001: 5 are still in stock
    And the product HAM-001 has
      | is active |
      | yes       |

  Scenario: A product of which all pieces are gone can be discontinued
    Given 5 HAM-001 are received in A-01 at 9.00
    And 5 HAM-001 are issued from MAIN
    When HAM-001 is discontinued
    Then the product HAM-001 has
      | is active |
      | no        |

  Scenario: A reinstated product comes in again
    Given HAM-001 is discontinued
    When HAM-001 is reinstated
    And 5 HAM-001 are received in A-01 at 9.00
    Then 5 HAM-001 are on hand in MAIN
