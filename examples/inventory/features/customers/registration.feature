Feature: Customers register

  Scenario: A customer is stored with everything that is said
    When this customer registers
      | name         | email           | country | currency | vat id    | group |
      | Ada Lovelace | Ada@Example.com | fr      | usd      | FR1234567 | TRADE |
    Then the customer ada@example.com has
      | name         | email           | country | currency | vat id    | is blocked | credit limit cents |
      | Ada Lovelace | ada@example.com | FR      | USD      | FR1234567 | no         | nothing            |

  Scenario: Without saying so, a customer is at home and has standard conditions
    When this customer registers
      | email           |
      | ada@example.com |
    Then the customer ada@example.com has
      | country | currency | vat id  | group    |
      | DE      | EUR      | nothing | STANDARD |

  Scenario: An address is taken only once, however it is written
    Given the customer ada@example.com
    When this customer registers
      | email           |
      | ADA@example.com |
    Then it is refused: customer ada@example.com exists already
    And there are 1 rows in customer

  Scenario Outline: A customer who makes no sense is refused
    When this customer registers
      | name   | email   | country   | currency   | group   |
      | <name> | <email> | <country> | <currency> | <group> |
    Then it is refused: <message>
    And there are 0 rows in customer

    Examples:
      | name | email         | country | currency | group    | message                                    |
      |      | a@example.com | DE      | EUR      | STANDARD | name must not be empty                     |
      | Ada  | ada           | DE      | EUR      | STANDARD | email must be an address, not 'ada'        |
      | Ada  | a@example.com | Germany | EUR      | STANDARD | country must have 2 letters, not 'GERMANY' |
      | Ada  | a@example.com | DE      | EURO     | STANDARD | currency must have 3 letters, not 'EURO'   |
      | Ada  | a@example.com | DE      | EUR      | GOLD     | no customergroup GOLD                      |

  Scenario: A customer is found however the address is written
    Given the customer ada@example.com
    When I look for the customer " ADA@Example.com "
    Then the answer is ada@example.com

  Scenario: A customer who never registered is not found
    When I look for the customer "bob@example.com"
    Then it is refused: no customer bob@example.com
