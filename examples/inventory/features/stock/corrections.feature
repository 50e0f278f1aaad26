Feature: What was found, lost or broken is corrected

  Background:
    Given 10 HAM-001 are received in A-01 at 9.00
    And 1 days have passed
    And 10 HAM-001 are received in A-01 at 11.00

  Scenario: Found pieces are worth what the last ones cost
    When 2 HAM-001 are corrected in P-01 because of "found behind the shelf"
    Then the bin P-01 holds HAM-001 2
    And the cost layers of HAM-001 in MAIN are 10 at 9.00, 10 at 11.00, 2 at 11.00

  Scenario: Lost pieces are taken from the oldest ones
    When -3 HAM-001 are corrected in A-01 because of "lost"
    Then the bin A-01 holds HAM-001 17
    And the cost layers of HAM-001 in MAIN are 7 at 9.00, 10 at 11.00

  Scenario: What nobody ever paid for is worth nothing
    When 2 SAW-001 are corrected in A-01 because of "found"
    Then the cost layers of SAW-001 in MAIN are 2 at 0.00

  Scenario: Found lots go by that name, lost ones are those that expire first
    Given this stock
      | sku     | count | lot |
      | MIL-001 | 10    | M1  |
    When 2 MIL-001 are corrected in A-01 because of "found"
    Then the lots of MIL-001 in MAIN are M1 10 2026-08-30, FOUND 2 2026-08-30
    When -11 MIL-001 are corrected in A-01 because of "spilt"
    Then the lots of MIL-001 in MAIN are FOUND 1 2026-08-30

  Scenario Outline: A correction that makes no sense is refused
    Given this stock
      | sku     | count | numbers |
      | PHO-001 | 1     | P1      |
    When <difference> <sku> are corrected in <bin> because of "<reason>"
    Then it is refused: <message>
    And 20 HAM-001 are on hand in MAIN

    Examples:
      | difference | sku     | bin  | reason                                    | message                                                     |
      | 0          | HAM-001 | A-01 | why                                       | quantity must not be zero                                   |
      | -21        | HAM-001 | A-01 | lost                                      | HAM-001: 21 asked for, 20 available                         |
      | 101        | HAM-001 | P-01 | found                                     | bin P-01 has space for 100 more, not for 101                |
      | 1          | HAM-001 | A-01 | 12345678901234567890123456789012345678901 | reason must have at most 40 characters                      |
      | -1         | PHO-001 | A-01 | lost                                      | product PHO-001 has serial numbers: receive or scrap pieces |
