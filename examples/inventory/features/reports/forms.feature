Feature: Reports are written in several forms

  Background:
    Given a report over these figures
      | name        | pieces | value  | share |
      | Nails       | 12000  | 123456 | 75    |
      | A*b\|c_d    | 5      | -50    |       |
      | =1+1        |        | 100000 | 25    |

  Scenario: As text, columns are as wide as they have to be, and numbers stand at the right
    When I print the report as "text"
    Then it reads
      """
      Figures

      Name     Pieces     Value  Share
      -------  ------  --------  -----
      Nails    12,000  1,234.56   75 %
      A*b|c_d       5     -0.50      -
      =1+1          -  1,000.00   25 %
      -------  ------  --------  -----
      Total    12,005  2,234.06
      """

  Scenario: As Markdown, signs that mean something are escaped
    When I print the report as "markdown"
    Then it reads
      """
      ## Figures

      | Name | Pieces | Value | Share |
      | --- | ---: | ---: | ---: |
      | Nails | 12,000 | 1,234.56 | 75 % |
      | A\*b\|c\_d | 5 | -0.50 | - |
      | =1+1 | - | 1,000.00 | 25 % |
      | **Total** | **12,005** | **2,234.06** |  |
      """

  Scenario: For spreadsheets, numbers are plain, and nothing becomes a formula
    When I print the report as "csv"
    Then it reads
      """
      Name,Pieces,Value,Share
      Nails,12000,1234.56,75
      A*b|c_d,5,-0.50,
      '=1+1,,1000.00,25
      """

  Scenario: As JSON, amounts are cents
    When I print the report as "json"
    Then it reads
      """
      {
        "title": "Figures",
        "columns": [
          {
            "name": "Name",
            "kind": "text"
          },
          {
            "name": "Pieces",
            "kind": "count"
          },
          {
            "name": "Value",
            "kind": "cents"
          },
          {
            "name": "Share",
            "kind": "percent"
          }
        ],
        "rows": [
          {
            "Name": "Nails",
            "Pieces": 12000,
            "Value": 123456,
            "Share": 75
          },
          {
            "Name": "A*b|c_d",
            "Pieces": 5,
            "Value": -50,
            "Share": null
          },
          {
            "Name": "=1+1",
            "Pieces": null,
            "Value": 100000,
            "Share": 25
          }
        ],
        "totals": {
          "Pieces": 12005,
          "Value": 223406
        }
      }
      """

  Scenario: A report without rows says so
    Given a report without rows, titled "Holes"
    When I print the report as "text"
    Then it reads
      """
      Holes

      Name  Pieces
      ----  ------
      nothing
      """
    When I print the report as "markdown"
    Then it reads
      """
      ## Holes

      | Name | Pieces |
      | --- | ---: |
      """

  Scenario: There is no other form
    When I print the report as "stone"
    Then it is refused: format must be one of text, markdown, csv, json, not 'stone'

  Scenario Outline: Programs say which form suits them
    When I ask for the form that suits "<accepted>"
    Then the answer is <form>

    Examples:
      | accepted                           | form     |
      | text/csv                           | csv      |
      | text/html, text/plain;q=0.8, */*   | text     |
      | text/markdown, text/csv            | markdown |
      | application/json                   | json     |
      | image/png                          | json     |

  Scenario: Columns go by name
    When I ask for the column "Pieces" of the report
    Then the answer is 12000, 5, nothing
    When I ask for the column "Colour" of the report
    Then it is refused: column must be one of Name, Pieces, Value, Share, not Colour
