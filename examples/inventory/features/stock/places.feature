Feature: Warehouses have bins

  Scenario: A warehouse is opened with a code in capitals, and without bins
    When the warehouse "sued" in AT is opened
    Then the warehouse SUED has
      | name              | country | is active |
      | Another warehouse | AT      | yes       |
    And the bins of SUED are nothing

  Scenario Outline: A warehouse that makes no sense is refused
    When the warehouse "<code>" in <country> is opened
    Then it is refused: <message>
    And there are 2 rows in warehouse

    Examples:
      | code      | country | message                                |
      | MAIN      | DE      | warehouse MAIN exists already          |
      | main      | DE      | warehouse MAIN exists already          |
      | SUED      | DEU     | country must have 2 letters, not 'DEU' |
      | SOUTHWEST | DE      | code must have at most 8 characters    |

  Scenario: Bins are found by their codes, kind by kind
    Given MAIN gets the storage bin "a-02" for 100 pieces
    Then the bins of MAIN are A-01, A-02, P-01, QUAR, RECV
    And the storage bins of MAIN are A-01, A-02
    And the quarantine bins of MAIN are QUAR
    When I look for the bin A-02 in MAIN
    Then the answer is A-02

  Scenario: Each warehouse has bins of its own
    Given MAIN gets the storage bin "A-02" for 100 pieces
    When I look for the bin A-02 in NORD
    Then it is refused: no bin A-02

  Scenario Outline: A bin that makes no sense is refused
    When MAIN gets the storage bin "<code>" for <capacity> pieces
    Then it is refused: <message>
    And there are 8 rows in bin

    Examples:
      | code               | capacity | message                              |
      | A-01               | 10       | bin A-01 exists already              |
      | a-01               | 10       | bin A-01 exists already              |
      | A-02               | 0        | capacity must be positive, not 0     |
      | A-0000000000000002 | 10       | code must have at most 16 characters |

  Scenario: What a bin holds needs space
    Given 30 HAM-001 are received in P-01 at 9.00
    And 20 SAW-001 are received in P-01 at 12.00
    Then the bin P-01 holds HAM-001 30, SAW-001 20
    And the bin P-01 has space for 50
    And the bin RECV has space for any number
    And the bin NORD/P-01 holds nothing

  Scenario: A full bin takes no more
    Given 90 HAM-001 are received in P-01 at 9.00
    When 11 SAW-001 are received in P-01 at 12.00
    Then it is refused: bin P-01 has space for 10 more, not for 11
    And the error is of the kind BinFullError
    And the bin P-01 holds HAM-001 90

  Scenario: A warehouse with goods cannot close
    Given 3 HAM-001 are received in QUAR at 9.00
    When MAIN is closed
    Then it is refused: warehouse MAIN still holds 3 pieces
    And the warehouse MAIN has
      | is active |
      | yes       |

  Scenario: A closed warehouse takes neither goods nor orders
    Given the customer ada@example.com
    And MAIN is closed
    When 3 HAM-001 are received in A-01 at 9.00
    Then it is refused: warehouse MAIN is blocked
    When ada@example.com orders HAM-001 x 1
    Then it is refused: warehouse MAIN is blocked

  Scenario: A warehouse that does not exist is not found
    When I look for the warehouse SUED
    Then it is refused: no warehouse SUED
