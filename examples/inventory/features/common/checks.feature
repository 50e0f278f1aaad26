Feature: Checks of single values
  A value is stored in the form that the check returns, or not at all.

  Scenario Outline: Numbers that pass
    When I check that the stake of <value> is <rule>
    Then the answer is <value>

    Examples:
      | value | rule         |
      | 1     | positive     |
      | 0     | not negative |
      | 0     | a percentage |
      | 100   | a percentage |

  Scenario Outline: Numbers that do not pass
    When I check that the stake of <value> is <rule>
    Then it is refused: <message>
    And the error's field is stake

    Examples:
      | value | rule         | message                               |
      | 0     | positive     | stake must be positive, not 0         |
      | -1    | not negative | stake must not be negative, but is -1 |
      | -1    | a percentage | stake must be a percentage, not -1    |
      | 101   | a percentage | stake must be a percentage, not 101   |

  Scenario: A text loses the white space around it
    When I check that the title "  A hammer " has at most 8 characters
    Then the answer is A hammer

  Scenario: An empty text is refused
    When I check that the title "   " has at most 8 characters
    Then it is refused: title must not be empty

  Scenario: A text that is too long is refused
    When I check that the title "A  hammer" has at most 8 characters
    Then it is refused: title must have at most 8 characters

  Scenario: An address is stored in small letters
    When I check the e-mail address " Ada@Example.COM "
    Then the answer is ada@example.com

  Scenario Outline: What is no address is refused
    When I check the e-mail address "<words>"
    Then it is refused: email must be an address, not '<words>'

    Examples:
      | words             |
      | ada               |
      | ada@example       |
      | ada@example.c     |
      | @example.com      |
      | ada b@example.com |
      | ada@b@example.com |

  Scenario: A code is stored in capitals
    When I check that the country " de " has 2 letters
    Then the answer is DE

  Scenario Outline: What is no code is refused
    When I check that the country "<words>" has 2 letters
    Then it is refused: country must have 2 letters, not '<stored>'

    Examples:
      | words | stored |
      | D     | D      |
      | deu   | DEU    |
      | d1    | D1     |
      | ÄÖ    | ÄÖ     |
