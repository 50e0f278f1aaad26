Feature: The catalogue is searched by the names of the products

  Background:
    Given these products
      | sku     | name             |
      | HAM-002 | Sledge hammer    |
      | BOX-001 | 100 % cotton box |
      | BOX-002 | 100 x cotton box |
      | HAM-003 | Hammer_drill     |

  Scenario Outline: All words have to occur, anywhere, in capitals or not
    When I search the catalogue for "<words>"
    Then the answer is <skus>

    Examples:
      | words       | skus                      |
      | hammer      | HAM-001, HAM-002, HAM-003 |
      | HAMMER claw | HAM-001                   |
      | ham         | HAM-001, HAM-002, HAM-003 |
      | hammer saw  | nothing                   |
      | 100 %       | BOX-001                   |
      | hammer_     | HAM-003                   |

  Scenario: Discontinued products are not found
    Given HAM-001 is discontinued
    When I search the catalogue for "hammer"
    Then the answer is HAM-002, HAM-003

  Scenario: No word finds everything
    When I search the catalogue for " "
    Then the answer is BOX-001, BOX-002, CAB-001, COF-001, HAM-001, HAM-002, HAM-003, MIL-001, PHO-001, SAW-001
