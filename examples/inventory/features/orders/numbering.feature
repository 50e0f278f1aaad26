Feature: Documents are numbered without gaps

  Scenario Outline: A number is printed with zeros before it, or in full
    When the number <value> is printed after "<prefix>" with <width> digits
    Then the answer is <number>

    Examples:
      | value   | prefix | width | number     |
      | 42      | SO     | 6     | SO-000042  |
      | 999999  | SO     | 6     | SO-999999  |
      | 1000000 | SO     | 6     | SO-1000000 |
      | 7       | X      | 1     | X-7        |

  Scenario: Each kind of document counts by itself
    When the next number of order documents is drawn
    Then the answer is SO-000001
    When the next number of order documents is drawn
    Then the answer is SO-000002
    When the next number of return documents is drawn
    Then the answer is RT-000001

  Scenario: A sequence goes on at a higher number, never at a lower one
    Given shipment documents go on at 500
    When the next number of shipment documents is drawn
    Then the answer is SH-000500
    When shipment documents go on at 500
    Then it is refused: number must not go back below 501
    When the next number of shipment documents is drawn
    Then the answer is SH-000501

  Scenario: Where a sequence stands, it may go on
    Given shipment documents go on at 1
    When the next number of shipment documents is drawn
    Then the answer is SH-000001

  Scenario Outline: Some documents have no numbers
    When <action>
    Then it is refused: no numbersequence letter

    Examples:
      | action                                       |
      | the next number of letter documents is drawn |
      | letter documents go on at 5                  |

  Scenario: An order that was refused does not use up a number
    Given the customer ada@example.com
    When ada@example.com orders nothing
    Then it is refused: the cart is empty
    When ada@example.com orders HAM-001 x 1
    Then the order has
      | number    |
      | SO-000001 |
