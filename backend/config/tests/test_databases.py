from config.databases import REPLICA_POOL_WAIT_SECONDS, django_database, django_databases
from config.process import DatabaseClient, current_process

WEB = DatabaseClient("jobdeck-web", statement_seconds=10, lock_seconds=5, connections=7)


def test_an_address_becomes_djangos_settings() -> None:
    found = django_database("postgresql://ann:p%40ss@db.example:5433/jobs?sslmode=require", WEB)

    assert (found["NAME"], found["USER"], found["PASSWORD"]) == ("jobs", "ann", "p@ss")
    assert (found["HOST"], found["PORT"]) == ("db.example", "5433")
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["OPTIONS"]["application_name"] == "jobdeck-web"
    assert found["OPTIONS"]["pool"]["max_size"] == 7


def test_a_socket_folder_is_a_host() -> None:
    assert django_database("postgresql://jobdeck@/jobdeck?host=%2Frun%2Fpg", WEB)["HOST"] == "/run/pg"


def test_timeouts_go_with_the_process_and_what_the_address_says_comes_last() -> None:
    options = django_database("postgresql:///jobs?options=-c%20statement_timeout%3D1s", WEB)["OPTIONS"][
        "options"
    ]

    assert "-c statement_timeout=10s" in options
    assert "-c lock_timeout=5s" in options
    assert options.endswith("-c statement_timeout=1s")


def test_a_process_is_known_by_its_command() -> None:
    assert current_process(["/x/bin/granian", "--port"]).name == "jobdeck-web"
    assert current_process(["manage.py", "worker"]).name == "jobdeck-worker"
    assert current_process(["manage.py", "worker"]).statement_seconds > 0


def test_the_engine_keeps_its_connections_and_needs_no_pool() -> None:
    assert current_process(["manage.py", "worker"]).connections == 0


def test_one_off_commands_take_their_time_and_need_no_pool() -> None:
    migrate = current_process(["manage.py", "migrate"])

    assert (migrate.statement_seconds, migrate.connections) == (0, 0)
    assert "pool" not in django_database("postgresql:///jobs", migrate)["OPTIONS"]
    assert "timeout" not in django_database("postgresql:///jobs", migrate)["OPTIONS"]["options"]


def test_replicas_are_reached_as_the_primary_is_and_are_only_read() -> None:
    found = django_databases("postgresql://a/jobs", ["postgresql://b/jobs?sslmode=require"], WEB)

    assert list(found) == ["default", "replica_1"]
    replica = found["replica_1"]["OPTIONS"]
    assert (found["replica_1"]["HOST"], replica["sslmode"]) == ("b", "require")
    assert replica["options"].endswith("-c default_transaction_read_only=on")
    assert "-c statement_timeout=10s" in replica["options"]
    assert (replica["pool"]["max_size"], replica["pool"]["timeout"]) == (7, REPLICA_POOL_WAIT_SECONDS)


def test_only_what_serves_requests_knows_the_replicas() -> None:
    worker = current_process(["manage.py", "worker"])

    assert list(django_databases("postgresql://a/jobs", ["postgresql://b/jobs"], worker)) == ["default"]
