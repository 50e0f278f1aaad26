Feature: Units and packs

  Scenario Outline: A quantity is rounded up to full packs
    When <quantity> pieces are rounded up to packs of <size>
    Then the answer is <result>

    Examples:
      | quantity | size | result |
      | 1        | 1    | 1      |
      | 1        | 12   | 12     |
      | 12       | 12   | 12     |
      | 13       | 12   | 24     |
      | 0        | 12   | 0      |

  Scenario Outline: What is measured can be divided, what is counted cannot
    When I ask whether a <unit> can be divided
    Then the answer is <result>

    Examples:
      | unit     | result |
      | piece    | no     |
      | pair     | no     |
      | metre    | yes    |
      | litre    | yes    |
      | kilogram | yes    |
