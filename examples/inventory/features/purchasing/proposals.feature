Feature: What the rules say is proposed to the buyer

  Background:
    Given the supplier ACME in EUR, who delivers in 3 days
    And the supplier BOLT in USD, who delivers in 1 days
    And ACME offers HAM-001 at 8.00 in packs of 6, at least 12
    And ACME offers CAB-001 at 0.30
    And BOLT offers SAW-001 at 10.00

  Scenario: There is one proposal for each supplier, and one for what nobody sells
    Given below 5, HAM-001 in MAIN is filled up to 20
    And below 10, CAB-001 in MAIN is filled up to 50
    And below 2, SAW-001 in MAIN is filled up to 4
    And below 3, COF-001 in MAIN is filled up to 9
    When I ask for proposals for MAIN
    Then the answer is ACME CAB-001 50, HAM-001 24 74 20700 2026-03-05, BOLT SAW-001 4 4 3680 2026-03-03, nothing COF-001 9 9 0 nothing

  Scenario: Without rules there is nothing to propose
    When I ask for proposals for MAIN
    Then the answer is nothing

  Scenario: Proposals become drafts
    Given below 5, HAM-001 in MAIN is filled up to 20
    And below 2, SAW-001 in MAIN is filled up to 4
    And below 3, COF-001 in MAIN is filled up to 9
    When the proposals for MAIN are drafted
    Then the answer is PO-000001, PO-000002
    And there are 2 rows in purchase_line

  Scenario: What is on the way is not proposed again
    Given below 5, HAM-001 in MAIN is filled up to 20
    And HAM-001 x 24 are bought from ACME
    When I ask for proposals for MAIN
    Then the answer is nothing
