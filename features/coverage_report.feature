Feature: The coverage job reports without running tests
  The unit tests of examples/inventory run once, in shards, and store their coverage. The coverage job runs no test. It
  verifies that the stored coverage is complete and belongs to this code, or fails with the reason.

  Background:
    Given a checkout of the inventory whose unit tests have run

  Scenario: Valid coverage is reported
    When the coverage job runs
    Then it succeeds
    And no feature was run
    And its report ends with a verdict that passes
    And its totals are those of a sequential run under slipcover, file by file

  Scenario: The coverage is missing
    Given the coverage is missing
    When the coverage job runs
    Then it fails with "there is no such file"
    And its message has "upload"
    And no feature was run

  Scenario Outline: A file changed after the tests
    Given a line was added to "<file>"
    When the coverage job runs
    Then it fails with "<file> changed since the tests ran"

    Examples:
      | file                              |
      | src/inventory/money.py            |
      | features/orders/numbering.feature |
      | features/steps/orders.py          |

  Scenario: The coverage is that of some features
    Given the coverage is that of "features/orders/numbering.feature" alone
    When the coverage job runs
    Then it fails with "a run of some items only"

  Scenario: A shard has no data
    Given the data of one part was lost before the parts were combined
    When the coverage job runs
    Then it fails with "there is no such file"

  Scenario: The coverage is truncated
    Given the coverage lost its last bytes
    When the coverage job runs
    Then it fails with "coverage.json: "

  Scenario: The coverage belongs to a checkout with other sources
    Given the checkout has other sources
    When the coverage job runs
    Then it fails with "since the tests ran"

  Scenario Outline: Another file beside valid coverage has no effect
    Given <fault> coverage file is beside it
    When the coverage job runs
    Then it succeeds
    And its report is that of the valid coverage alone

    Examples:
      | fault     |
      | a stale   |
      | a partial |
      | a torn    |

  Scenario: On a developer's machine the tests run first
    Given the coverage is missing
    When the coverage report runs on a developer's machine
    Then it succeeds
    And the features were run
    And its report ends with a verdict that passes
