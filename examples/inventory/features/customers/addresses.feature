Feature: Parcels go to a customer's addresses, one of which is the default one

  Scenario: The first address is the default one
    Given this customer registers
      | email           |
      | ada@example.com |
    When ada@example.com adds this address
      | street       | postcode | city   |
      | Marktplatz 1 | 28195    | Bremen |
    And ada@example.com adds this address
      | street     | postcode | city | country |
      | Hauptstr 2 | 50667    | Köln | de      |
    And I ask where parcels to ada@example.com go
    Then the answer is Bremen
    And ada@example.com has 2 addresses, of which 1 is the default one

  Scenario: Another address becomes the default one
    Given the customer ada@example.com
    And ada@example.com adds this address
      | street     | postcode | city |
      | Hauptstr 2 | 50667    | Köln |
    When ada@example.com makes the address in Köln of ada@example.com the default one
    And I ask where parcels to ada@example.com go
    Then the answer is Köln
    And ada@example.com has 2 addresses, of which 1 is the default one

  Scenario: Somebody else's address is none of the customer's
    Given these customers
      | email           | country |
      | ada@example.com | DE      |
      | bob@example.com | AT      |
    When ada@example.com makes the address in Wien of bob@example.com the default one
    Then it is refused: address must be one of the customer's own
    And ada@example.com has 1 addresses, of which 1 is the default one

  Scenario: Nothing can be sent to a customer without an address
    Given this customer registers
      | email           |
      | ada@example.com |
    When I ask where parcels to ada@example.com go
    Then it is refused: ada@example.com has no address
    When ada@example.com orders HAM-001 x 1
    Then it is refused: ada@example.com has no address

  Scenario Outline: A postcode looks as in its country
    Given the customer ada@example.com
    When ada@example.com adds this address
      | street | postcode   | city | country   |
      | Street | <postcode> | City | <country> |
    Then ada@example.com has 2 addresses, of which 1 is the default one

    Examples:
      | postcode | country |
      | 01067    | DE      |
      | 1010     | AT      |
      | 75001    | FR      |
      | SW1A 1AA | GB      |

  Scenario Outline: An address that makes no sense is refused
    Given the customer ada@example.com
    When ada@example.com adds this address
      | street   | postcode   | city   | country   |
      | <street> | <postcode> | <city> | <country> |
    Then it is refused: <message>
    And ada@example.com has 1 addresses, of which 1 is the default one

    Examples:
      | street | postcode      | city | country | message                                  |
      | Street | 1010          | City | DE      | postcode of DE must not be 1010          |
      | Street | 10100         | City | AT      | postcode of AT must not be 10100         |
      | Street | 7500A         | City | FR      | postcode of FR must not be 7500A         |
      | Street | 1234567890123 | City | GB      | postcode must have at most 12 characters |
      |        | 75001         | City | FR      | street must not be empty                 |
      | Street | 75001         |      | FR      | city must not be empty                   |
      | Street | 75001         | City | F       | country must have 2 letters, not 'F'     |
