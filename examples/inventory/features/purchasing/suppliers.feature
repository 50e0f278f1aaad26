Feature: The wholesaler buys from suppliers

  Scenario: A supplier has a code in capitals and a currency
    When this supplier registers
      | code | name       | email            | days | currency |
      | acme | Acme Tools | Info@Acme.EXAMPLE | 3   | usd      |
    Then the supplier ACME has
      | name       | email             | lead time days | currency | is blocked |
      | Acme Tools | info@acme.example | 3              | USD      | no         |

  Scenario Outline: A supplier that makes no sense is refused
    Given the supplier ACME in EUR, who delivers in 3 days
    When this supplier registers
      | code   | name   | email   | days   | currency   |
      | <code> | <name> | <email> | <days> | <currency> |
    Then it is refused: <message>

    Examples:
      | code          | name | email        | days | currency | message                                     |
      | acme          | Acme | a@acme.test  | 3    | EUR      | supplier ACME exists already                |
      | ACME-AND-SONS | Acme | a@acme.test  | 3    | EUR      | code must have at most 12 characters        |
      | BOLT          |      | a@bolt.test  | 3    | EUR      | name must not be empty                      |
      | BOLT          | Bolt | bolt         | 3    | EUR      | email must be an address, not 'bolt'        |
      | BOLT          | Bolt | a@bolt.test  | -1   | EUR      | lead_time_days must not be negative, but is -1 |
      | BOLT          | Bolt | a@bolt.test  | 3    | EURO     | currency must have 3 letters, not 'EURO'    |

  Scenario Outline: A supplier is found by his code, however it is written
    Given the supplier ACME in EUR, who delivers in 3 days
    When I look for the supplier "<words>"
    Then the answer is ACME

    Examples:
      | words |
      | ACME  |
      | acme  |

  Scenario: A supplier that nobody knows is not found
    When I look for the supplier "NOBODY"
    Then it is refused: no supplier NOBODY
    And the error is of the kind UnknownRecordError

  Scenario: Blocked suppliers are left out until they are unblocked
    Given these suppliers
      | code | days |
      | BOLT | 2    |
      | ACME | 3    |
    When nothing is bought from ACME any more
    And I ask for the suppliers
    Then the answer is BOLT
    When I ask for the suppliers, blocked ones included
    Then the answer is ACME, BOLT
    When things are bought from ACME again
    And I ask for the suppliers
    Then the answer is ACME, BOLT
