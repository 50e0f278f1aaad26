Feature: What runs low is ordered

  Background:
    Given these suppliers
      | code | days | blocked |
      | ACME | 3    | no      |
      | BOLT | 2    | no      |
      | CUTS | 1    | yes     |
    And 4 HAM-001 are received in A-01 at 9.00

  Scenario: Below the minimum, a product is filled up to the target
    Given these offers
      | supplier | sku     | cents |
      | ACME     | HAM-001 | 900   |
    And below 10, HAM-001 in MAIN is filled up to 50
    When I ask what to order for MAIN
    Then the answer is 46 HAM-001 ACME
    When I ask what to order for NORD
    Then the answer is nothing

  Scenario: Suppliers sell full packs, and not too few of them
    Given these offers
      | supplier | sku     | cents | minimum | pack |
      | ACME     | HAM-001 | 900   | 24      | 12   |
      | ACME     | SAW-001 | 900   | 100     | 12   |
    And below 10, HAM-001 in MAIN is filled up to 50
    And below 1, SAW-001 in MAIN is filled up to 2
    When I ask what to order for MAIN
    Then the answer is 48 HAM-001 ACME, 108 SAW-001 ACME

  Scenario Outline: What is on order counts as if it were there
    Given below 10, HAM-001 in MAIN is filled up to 50
    And <ordered> HAM-001 from ACME for <house> are on order, <state>
    When I ask what to order for MAIN
    Then the answer is <answer>

    Examples:
      | ordered | house | state           | answer            |
      | 5       | MAIN  | sent            | 41 HAM-001 nobody |
      | 6       | MAIN  | sent            | nothing           |
      | 6       | MAIN  | partly-received | nothing           |
      | 6       | MAIN  | draft           | 46 HAM-001 nobody |
      | 6       | MAIN  | cancelled       | 46 HAM-001 nobody |
      | 6       | NORD  | sent            | 46 HAM-001 nobody |

  Scenario: What is promised counts as gone
    Given 10 HAM-001 are received in A-01 at 9.00
    And 5 HAM-001 are reserved in MAIN
    And below 10, HAM-001 in MAIN is filled up to 50
    When I ask what to order for MAIN
    Then the answer is 41 HAM-001 nobody

  Scenario: The newest rule counts
    Given below 10, HAM-001 in MAIN is filled up to 50
    And below 4, HAM-001 in MAIN is filled up to 60
    When I ask what to order for MAIN
    Then the answer is nothing
    And there are 1 rows in reorder_rule

  Scenario Outline: A rule that makes no sense is refused
    When below <minimum>, HAM-001 in MAIN is filled up to <target>
    Then it is refused: <message>

    Examples:
      | minimum | target | message                                 |
      | -1      | 5      | minimum must not be negative, but is -1 |
      | 5       | 5      | target must be above the minimum of 5   |

  Scenario Outline: The preferred offer is the best, else the cheapest, else the fastest, but never that of a blocked one
    Given these offers
      | supplier | sku     | cents  | preferred   |
      | ACME     | HAM-001 | <acme> | <preferred> |
      | BOLT     | HAM-001 | <bolt> | no          |
      | CUTS     | HAM-001 | 1      | yes         |
    When I ask who has the best offer for HAM-001
    Then the answer is <supplier>

    Examples:
      | acme | bolt | preferred | supplier |
      | 900  | 800  | no        | BOLT     |
      | 800  | 900  | no        | ACME     |
      | 900  | 900  | no        | BOLT     |
      | 900  | 800  | yes       | ACME     |

  Scenario: Some products nobody sells
    When I ask who has the best offer for SAW-001
    Then the answer is nothing
