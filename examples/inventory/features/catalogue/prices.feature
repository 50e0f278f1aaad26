Feature: The price of a product can be changed

  Scenario Outline: A price in euros is stored in cents
    When the price of HAM-001 is changed to <euros> EUR
    Then the price of HAM-001 is <cents> cents, printed as <printed>

    Examples:
      | euros    | cents   | printed      |
      | 0        | 0       | 0.00 EUR     |
      | 0.01     | 1       | 0.01 EUR     |
      | 0.1      | 10      | 0.10 EUR     |
      | 0.10     | 10      | 0.10 EUR     |
      | 1        | 100     | 1.00 EUR     |
      | 1.5      | 150     | 1.50 EUR     |
      | 1.05     | 105     | 1.05 EUR     |
      | 1.50     | 150     | 1.50 EUR     |
      | 9.99     | 999     | 9.99 EUR     |
      | 10       | 1000    | 10.00 EUR    |
      | 12.34    | 1234    | 12.34 EUR    |
      | 14.90    | 1490    | 14.90 EUR    |
      | 19.99    | 1999    | 19.99 EUR    |
      | 20       | 2000    | 20.00 EUR    |
      | 24.5     | 2450    | 24.50 EUR    |
      | 99.9     | 9990    | 99.90 EUR    |
      | 100      | 10000   | 100.00 EUR   |
      | 100.00   | 10000   | 100.00 EUR   |
      | 123.45   | 12345   | 123.45 EUR   |
      | 249.95   | 24995   | 249.95 EUR   |
      | 399      | 39900   | 399.00 EUR   |
      | 999.99   | 99999   | 999.99 EUR   |
      | 1000     | 100000  | 1000.00 EUR  |
      | 1234.56  | 123456  | 1234.56 EUR  |
      | 4999.90  | 499990  | 4999.90 EUR  |
      | 9999     | 999900  | 9999.00 EUR  |
      | 9999.99  | 999999  | 9999.99 EUR  |
      | 12345.67 | 1234567 | 12345.67 EUR |
      | 0.89     | 89      | 0.89 EUR     |
      | 0.99     | 99      | 0.99 EUR     |
      | 1e2      | 10000   | 100.00 EUR   |
      | 2.5e1    | 2500    | 25.00 EUR    |
      | 7.25     | 725     | 7.25 EUR     |

  Scenario Outline: Half a cent is rounded up
    When the price of MIL-001 is changed to <euros> EUR
    Then the price of MIL-001 is <cents> cents, printed as <printed>

    Examples:
      | euros     | cents | printed    |
      | 0.004     | 0     | 0.00 EUR   |
      | 0.005     | 1     | 0.01 EUR   |
      | 0.014     | 1     | 0.01 EUR   |
      | 0.015     | 2     | 0.02 EUR   |
      | 0.994     | 99    | 0.99 EUR   |
      | 0.995     | 100   | 1.00 EUR   |
      | 1.004     | 100   | 1.00 EUR   |
      | 1.005     | 101   | 1.01 EUR   |
      | 1.014     | 101   | 1.01 EUR   |
      | 1.015     | 102   | 1.02 EUR   |
      | 2.344     | 234   | 2.34 EUR   |
      | 2.345     | 235   | 2.35 EUR   |
      | 2.346     | 235   | 2.35 EUR   |
      | 9.994     | 999   | 9.99 EUR   |
      | 9.995     | 1000  | 10.00 EUR  |
      | 9.996     | 1000  | 10.00 EUR  |
      | 10.0049   | 1000  | 10.00 EUR  |
      | 10.005    | 1001  | 10.01 EUR  |
      | 14.8951   | 1490  | 14.90 EUR  |
      | 17.9449   | 1794  | 17.94 EUR  |
      | 17.945    | 1795  | 17.95 EUR  |
      | 99.994    | 9999  | 99.99 EUR  |
      | 99.995    | 10000 | 100.00 EUR |
      | 399.0049  | 39900 | 399.00 EUR |
      | 399.005   | 39901 | 399.01 EUR |
      | 1.0050001 | 101   | 1.01 EUR   |

  Scenario Outline: A wrong amount is rejected
    When the price of SAW-001 is changed to <euros> EUR
    Then it fails: amount <reason>
    And the price of SAW-001 is 2450 cents, printed as 24.50 EUR

    Examples:
      | euros    | reason                           |
      | free     | must be a number, not 'free'     |
      | 12,50    | must be a number, not '12,50'    |
      | 1.2.3    | must be a number, not '1.2.3'    |
      | ten      | must be a number, not 'ten'      |
      | $5       | must be a number, not '$5'       |
      | 5 EUR    | must be a number, not '5 EUR'    |
      | 0x10     | must be a number, not '0x10'     |
      | --1      | must be a number, not '--1'      |
      | NaN      | must be a number, not 'NaN'      |
      | Infinity | must be a number, not 'Infinity' |
      | 1e99     | must be a number, not '1e99'     |
      | -1       | must not be negative: -1         |
      | -0.01    | must not be negative: -0.01      |
      | -14.90   | must not be negative: -14.90     |
      | -1000    | must not be negative: -1000      |
      | -2e3     | must not be negative: -2e3       |
