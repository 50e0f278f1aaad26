Feature: Invoices are matched with what was ordered and what has come

  Background:
    Given the supplier ACME in EUR, who delivers in 3 days
    And ACME offers HAM-001 at 10.00
    And ACME offers SAW-001 at 20.00
    And HAM-001 x 10, SAW-001 x 5 are bought from ACME
    And HAM-001 x 8 arrive in RECV

  Scenario Outline: Each way in which an invoice can be wrong is found
    Given an invoice in <currency> of 2026-03-03 over
      | sku   | count   | cents   |
      | <sku> | <count> | <cents> |
    When I match the invoice with the purchase
    Then the answer is <deviations>
    When I ask how much of the invoice is not owed
    Then the answer is <claim>

    Examples:
      | currency | sku     | count | cents | deviations                                                 | claim |
      | EUR      | HAM-001 | 8     | 1000  | nothing                                                    | 0     |
      | EUR      | HAM-001 | 8     | 1020  | nothing                                                    | 0     |
      | EUR      | HAM-001 | 8     | 900   | nothing                                                    | 0     |
      | EUR      | HAM-001 | 8     | 1021  | HAM-001 too dear 168                                       | 168   |
      | EUR      | HAM-001 | 10    | 1000  | HAM-001 not received 2000                                  | 2000  |
      | EUR      | HAM-001 | 10    | 1100  | HAM-001 not received 2200, HAM-001 too dear 800            | 3000  |
      | EUR      | SAW-001 | 5     | 2000  | SAW-001 not received 10000                                 | 10000 |
      | EUR      | CAB-001 | 1     | 30    | CAB-001 never ordered 30                                   | 30    |
      | USD      | HAM-001 | 8     | 1000  | * wrong currency 8000                                      | 8000  |

  Scenario: A correct invoice is approved
    Given an invoice in EUR of 2026-03-03 over
      | sku     | count | cents |
      | HAM-001 | 8     | 1000  |
    When the invoice is approved
    Then the answer is 8000

  Scenario: A wrong invoice is disputed
    Given an invoice in EUR of 2026-03-03 over
      | sku     | count | cents |
      | HAM-001 | 9     | 1000  |
      | CAB-001 | 1     | 30    |
    When the invoice is approved
    Then it is refused: invoice 4711 is disputed: HAM-001 not received; CAB-001 never ordered
    And the error is of the kind DisputedInvoiceError

  Scenario Outline: Prices may be a little above what was agreed
    When I ask whether <billed> is accepted instead of <ordered>
    Then the answer is <answer>

    Examples:
      | ordered | billed | answer |
      | 10.00   | 10.20  | yes    |
      | 10.00   | 10.21  | no     |
      | 10.00   | 5.00   | yes    |
      | 100.00  | 100.50 | yes    |
      | 100.00  | 100.51 | no     |
      | 0.10    | 0.11   | no     |

  Scenario Outline: Terms of payment are read
    When the terms "<words>" are read
    Then the answer is <days> <percent> <discount_days>

    Examples:
      | words       | days | percent | discount_days |
      | 2/10 net 30 | 30   | 2       | 10            |
      | NET 14      | 14   | 0       | 0             |

  Scenario Outline: Terms that make no sense are refused
    When the terms "<words>" are read
    Then it is refused: <message>

    Examples:
      | words       | message                                                        |
      | 30 days     | terms must look like 2/10 net 30, not '30 days'                |
      | 2/30 net 10 | terms must not grant a discount after the invoice is due       |

  Scenario Outline: Who pays early pays less, and nobody pays at weekends
    Given an invoice in EUR of 2026-03-03 over
      | sku     | count | cents |
      | HAM-001 | 8     | 1000  |
    When I ask when the invoice is due at <terms>
    Then the answer is <due>
    When I ask what to pay on <paid> at <terms>
    Then the answer is <cents> <late>

    Examples:
      | terms       | due        | paid       | cents | late |
      | 2/10 net 30 | 2026-04-02 | 2026-03-13 | 7840  | 0    |
      | 2/10 net 30 | 2026-04-02 | 2026-03-14 | 8000  | 0    |
      | 2/10 net 30 | 2026-04-02 | 2026-04-04 | 8000  | 2    |
      | net 5       | 2026-03-09 | 2026-03-09 | 8000  | 0    |
      | net 5       | 2026-03-09 | 2026-03-12 | 8000  | 3    |
