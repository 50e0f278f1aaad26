Feature: Goods go from one warehouse to another

  Background:
    Given this stock
      | sku     | count | bin  | cents | lot |
      | HAM-001 | 10    | A-01 | 900   |     |
      | SAW-001 | 10    | A-01 | 1200  |     |
      | MIL-001 | 10    | A-01 | 90    | M1  |

  Scenario: A draft moves nothing
    When a transfer of HAM-001 x 4, SAW-001 x 2 from MAIN to NORD is drafted
    Then the transfer TR-000001 is draft
    And 10 HAM-001 are on hand in MAIN

  Scenario: Goods leave, and arrive
    Given a transfer of HAM-001 x 4, SAW-001 x 2 from MAIN to NORD is drafted
    When the transfer is sent
    Then the transfer TR-000001 is in-transit
    And 6 HAM-001 are on hand everywhere
    When the transfer is received in NORD/RECV
    Then the answer is 0
    And the transfer TR-000001 is received
    And the bin NORD/RECV holds HAM-001 4, SAW-001 2
    And the cost layers of HAM-001 in NORD are 4 at 9.00
    And the movements of HAM-001 in NORD are
      | kind        | quantity | bin  | reference | unit cost cents |
      | transfer-in | 4        | RECV | TR-000001 | 900             |

  Scenario: Some get lost on the way
    Given a transfer of HAM-001 x 4, SAW-001 x 2 from MAIN to NORD is drafted
    And the transfer is sent
    When the transfer is received in NORD/RECV without HAM-001 x 1, SAW-001 x 2
    Then the answer is 3
    And the lines of the transfer are
      | product | quantity | received |
      | HAM-001 | 4        | 3        |
      | SAW-001 | 2        | 0        |
    And the bin NORD/RECV holds HAM-001 3

  Scenario: Customers had their promises first
    Given 8 HAM-001 are reserved in MAIN
    And a transfer of SAW-001 x 1, HAM-001 x 4 from MAIN to NORD is drafted
    When the transfer is sent
    Then it is refused: HAM-001: 4 asked for, 2 available
    And the transfer TR-000001 is draft
    And 10 SAW-001 are on hand in MAIN

  Scenario Outline: A transfer that makes no sense is not drafted
    When a transfer of <items> from <source> to <target> is drafted
    Then it is refused: <message>
    And there are 0 rows in transfer

    Examples:
      | items       | source | target | message                              |
      | HAM-001 x 1 | MAIN   | MAIN   | target must be another warehouse     |
      | HAM-001 x 0 | MAIN   | NORD   | quantity must be positive, not 0     |
      | MIL-001 x 1 | MAIN   | NORD   | product MIL-001 is tracked by lot    |
      | PHO-001 x 1 | MAIN   | NORD   | product PHO-001 is tracked by serial |

  Scenario: An empty lorry stays at home
    When an empty transfer from MAIN to NORD is drafted
    Then it is refused: items must not be empty

  Scenario: Nothing goes to a warehouse that has closed
    Given NORD is closed
    When a transfer of HAM-001 x 1 from MAIN to NORD is drafted
    Then it is refused: warehouse NORD is blocked

  Scenario: A refused draft does not use up a number
    When an empty transfer from MAIN to NORD is drafted
    Then it is refused: items must not be empty
    When a transfer of HAM-001 x 1 from MAIN to NORD is drafted
    Then the transfer TR-000001 is draft

  Scenario Outline: What arrives is what was sent, where it was sent to
    Given a transfer of HAM-001 x 4 from MAIN to NORD is drafted
    And the transfer is sent
    When the transfer is received in <bin> without <lost>
    Then it is refused: <message>
    And the transfer TR-000001 is in-transit
    And 0 HAM-001 are on hand in NORD

    Examples:
      | bin       | lost        | message                                            |
      | NORD/RECV | HAM-001 x 5 | received must not be negative, but is -1           |
      | NORD/RECV | SAW-001 x 1 | missing must have been sent, which SAW-001 was not |
      | RECV      | HAM-001 x 1 | bin must be in NORD                                |

  Scenario Outline: A transfer goes one way only
    Given a transfer of HAM-001 x 4 from MAIN to NORD is drafted
    And <before>
    When <action>
    Then it is refused: transfer TR-000001 is <state>: cannot <verb> it

    Examples:
      | before                    | action                                | state      | verb    |
      | the transfer is sent      | the transfer is sent                  | in-transit | send    |
      | the transfer is sent      | the transfer is cancelled             | in-transit | cancel  |
      | the transfer is cancelled | the transfer is sent                  | cancelled  | send    |
      | the transfer is cancelled | the transfer is cancelled             | cancelled  | cancel  |
      | the transfer is cancelled | the transfer is received in NORD/RECV | cancelled  | receive |
