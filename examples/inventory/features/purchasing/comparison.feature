Feature: Offers are compared by what they really cost

  Background:
    Given the supplier ACME in EUR, who delivers in 5 days
    And the supplier BOLT in USD, who delivers in 2 days
    And the supplier CORE in EUR, who delivers in 1 days

  Scenario: Currencies are converted, and packs that nobody needs are paid for, too
    Given ACME offers HAM-001 at 8.00 in packs of 10, at least 10
    And BOLT offers HAM-001 at 9.00
    And CORE offers HAM-001 at 9.50
    When I compare what 7 HAM-001 cost
    Then the answer is BOLT 7 5796 828 2026-03-04, CORE 7 6650 950 2026-03-03, ACME 10 8000 1143 2026-03-09
    When I compare what 10 HAM-001 cost
    Then the answer is ACME 10 8000 800 2026-03-09, BOLT 10 8280 828 2026-03-04, CORE 10 9500 950 2026-03-03

  Scenario: At the same price the faster one comes first
    Given ACME offers HAM-001 at 8.00
    And CORE offers HAM-001 at 8.00
    When I compare what 1 HAM-001 cost
    Then the answer is CORE 1 800 800 2026-03-03, ACME 1 800 800 2026-03-09

  Scenario: What nobody sells costs nothing anywhere
    When I compare what 1 HAM-001 cost
    Then the answer is nothing

  Scenario Outline: Who is in a hurry pays more
    Given ACME offers HAM-001 at 8.00
    And BOLT offers HAM-001 at 9.00
    And CORE offers HAM-001 at 9.50
    When I ask for the cheapest 10 HAM-001 that are here on <day>
    Then the answer is <supplier>

    Examples:
      | day        | supplier |
      | 2026-03-09 | ACME     |
      | 2026-03-06 | BOLT     |
      | 2026-03-03 | CORE     |

  Scenario: Nobody delivers yesterday
    Given CORE offers HAM-001 at 9.50
    When I ask for the cheapest 1 HAM-001 that are here on 2026-03-02
    Then it is refused: nobody sells HAM-001 in time

  Scenario: A currency without a rate cannot be compared
    Given the supplier DENT in SEK, who delivers in 1 days
    And DENT offers HAM-001 at 90.00
    When I compare what 1 HAM-001 cost
    Then it is refused: no exchange rate of SEK on 2026-03-02
