Feature: Suppliers get marks

  Background:
    Given the supplier ACME in EUR, who delivers in 3 days
    And the supplier BOLT in EUR, who delivers in 3 days
    And ACME offers HAM-001 at 10.00
    And BOLT offers HAM-001 at 8.00

  Scenario: Who never delivered was never late, but may be dear
    When I ask for the score of BOLT
    Then the answer is 100 100 100 100 A
    When I ask for the score of ACME
    Then the answer is 100 100 80 96 A

  Scenario: Who comes late and brings too little is no good
    Given HAM-001 x 10 are bought from ACME
    And 7 days have passed
    And HAM-001 x 5 arrive in RECV
    And the purchase is closed short
    When I ask for the score of ACME
    Then the answer is 0 50 80 31 C
    When I ask for the ranking of the suppliers
    Then the answer is BOLT 100, ACME 31

  Scenario: One late delivery of two is a medium mark
    Given HAM-001 x 10 are bought from ACME
    And 7 days have passed
    And HAM-001 x 10 arrive in RECV
    And HAM-001 x 10 are bought from ACME
    And 1 days have passed
    And HAM-001 x 10 arrive in RECV
    When I ask for the score of ACME
    Then the answer is 50 100 80 71 B

  Scenario: Who gives something away is as cheap as it gets
    Given BOLT offers HAM-001 at 0.00
    When I ask for the score of BOLT
    Then the answer is 100 100 100 100 A

  Scenario: Who sells nothing yet has nothing against him
    Given the supplier CORE in EUR, who delivers in 3 days
    When I ask for the score of CORE
    Then the answer is 100 100 100 100 A

  Scenario: Blocked suppliers are not ranked
    Given nothing is bought from BOLT any more
    When I ask for the ranking of the suppliers
    Then the answer is ACME 100
