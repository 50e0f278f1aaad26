Feature: Identifiers
  However somebody types a SKU or a GTIN, it is stored in one form only.

  Scenario Outline: A SKU is stored in capitals, with a hyphen
    When the SKU "<typed>" is read
    Then the answer is <sku>

    Examples:
      | typed     | sku       |
      | HAM-001   | HAM-001   |
      | ham-001   | HAM-001   |
      | ham001    | HAM-001   |
      | HAM 001   | HAM-001   |
      | ham_001   | HAM-001   |
      | AB-123456 | AB-123456 |

  Scenario Outline: What is no SKU is refused
    When the SKU "<typed>" is read
    Then it is refused: sku must look like AB-123, not '<typed>'
    And the error is of the kind InvalidValueError
    And the error's field is sku

    Examples:
      | typed      |
      | A-001      |
      | HAMMER-001 |
      | HAM-01     |
      | HAM-001x   |
      | 001-HAM    |
      | HAM--001   |

  Scenario Outline: A GTIN is stored with fourteen digits
    When the GTIN "<typed>" is read
    Then the answer is <gtin>

    Examples:
      | typed           | gtin           |
      | 4006381333931   | 04006381333931 |
      | 4 006381 333931 | 04006381333931 |
      | 96385074        | 00000096385074 |
      | 036000291452    | 00036000291452 |
      | 10012345678902  | 10012345678902 |

  Scenario Outline: What is no GTIN is refused
    When the GTIN "<typed>" is read
    Then it is refused: <message>

    Examples:
      | typed            | message                                                       |
      | 4006381333932    | gtin has a wrong check digit: 4006381333932                   |
      | 400638133393     | gtin has a wrong check digit: 400638133393                    |
      | 40063813339      | gtin must have 8, 12, 13 or 14 digits, not '40063813339'      |
      | 96385O74         | gtin must have 8, 12, 13 or 14 digits, not '96385O74'         |
      | ９６３８５０７４ | gtin must have 8, 12, 13 or 14 digits, not '９６３８５０７４' |

  Scenario Outline: The check digit weighs the digits with 3 and 1 from the right
    When I ask for the check digit of <digits>
    Then the answer is <digit>

    Examples:
      | digits       | digit |
      | 400638133393 | 1     |
      | 9638507      | 4     |
      | 0000000      | 0     |

  Scenario Outline: The code of a category is made of its name
    When a code is made of the name "<name>"
    Then the answer is <code>

    Examples:
      | name                 | code         |
      | Tools                | TOOLS        |
      | Food & Drink         | FOOD-DRINK   |
      | Nuts, bolts & screws | NUTS-BOLTS-S |
      | Very long - names    | VERY-LONG-NA |
      | Kitchen and  -  bath | KITCHEN-AND  |
