Feature: The coverage job only reports
  The unit tests of examples/inventory run once, in shards, and hand their coverage over. The job that reports runs no
  test. It proves that the artifact is whole and of this code, or says why it is not.

  Background:
    Given a checkout of the inventory whose unit tests have run

  Scenario: A good artifact is reported
    When the coverage job runs
    Then it is green
    And no feature was run
    And its report ends with a verdict that passes
    And its totals are those of a sequential run under slipcover, file by file

  Scenario: Nothing was handed over
    Given the artifact is gone
    When the coverage job runs
    Then it fails and says "there is no such file; see that the tests ran, and that its upload and its download name this path"
    And no feature was run

  Scenario: A source was changed since
    Given a line was added to "src/inventory/common/money.py"
    When the coverage job runs
    Then it fails and says "src/inventory/common/money.py changed since the tests ran"

  Scenario: A feature was changed since
    Given a line was added to "features/orders/cart.feature"
    When the coverage job runs
    Then it fails and says "features/orders/cart.feature changed since the tests ran"

  Scenario: A step was changed since
    Given a line was added to "features/steps/api.py"
    When the coverage job runs
    Then it fails and says "features/steps/api.py changed since the tests ran"

  Scenario: The artifact is of some features only
    Given the artifact is one of "features/orders/cart.feature" alone
    When the coverage job runs
    Then it fails and says "a run of some items only"

  Scenario: One shard left no data
    Given the data of one part was lost before the parts were combined
    When the coverage job runs
    Then it fails and says "there is no such file"

  Scenario: The artifact was cut off on its way
    Given the artifact lost its last bytes
    When the coverage job runs
    Then it fails and says "coverage.json: "

  Scenario: The artifact is of another checkout
    Given the artifact is one of a checkout with other sources
    When the coverage job runs
    Then it fails and says "since the tests ran"

  Scenario Outline: What lies beside a good artifact changes nothing
    Given <fault> artifact lies beside it
    When the coverage job runs
    Then it is green
    And its report is that of the good one alone

    Examples:
      | fault     |
      | a stale   |
      | a partial |
      | a torn    |

  Scenario: On a laptop the tests are run first
    Given the artifact is gone
    When the coverage report is made on a laptop
    Then it is green
    And the features were run
    And its report ends with a verdict that passes
