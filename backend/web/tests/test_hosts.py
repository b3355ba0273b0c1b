from web.hosts import is_tls_only, served_hosts, served_origins, split_host


def test_loopback_is_served_by_all_its_names_on_our_port_only() -> None:
    origins = served_origins("127.0.0.1", 8000, ())

    assert origins == {"http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"}
    assert served_hosts(origins) == {"localhost:8000", "127.0.0.1:8000", "[::1]:8000"}


def test_the_schemes_own_port_is_left_out_as_browsers_do() -> None:
    assert "http://localhost" in served_origins("127.0.0.1", 80, ())


def test_host_is_served_under_its_own_name() -> None:
    assert "http://10.1.2.3:8000" in served_origins("10.1.2.3", 8000, ())
    assert "http://[fe80::1]:8000" in served_origins("fe80::1", 8000, ())


def test_a_wildcard_is_no_name() -> None:
    assert served_origins("::", 8000, ()) == served_origins("127.0.0.1", 8000, ())


def test_an_extra_name_is_served_on_our_port_and_behind_a_tls_proxy() -> None:
    extra = served_origins("127.0.0.1", 8000, ["jobs.example.org"]) - served_origins("127.0.0.1", 8000, ())

    assert extra == {
        "https://jobs.example.org",
        "http://jobs.example.org:8000",
        "https://jobs.example.org:8000",
    }


def test_an_extra_name_with_a_port_stands_as_it_is() -> None:
    extra = served_origins("127.0.0.1", 8000, ["localhost:5173", "plain.example.org:80"])

    assert {"http://localhost:5173", "http://plain.example.org"} <= extra
    assert "https://plain.example.org" not in extra


def test_a_name_behind_a_tls_proxy_is_reached_by_https_only() -> None:
    origins = served_origins("127.0.0.1", 8000, ["jobs.example.org", "plain.example.org:80"])

    assert is_tls_only("jobs.example.org", origins)
    assert not is_tls_only("jobs.example.org:8000", origins)
    assert not is_tls_only("plain.example.org", origins)
    assert not is_tls_only("localhost:8000", origins)
    assert not is_tls_only("", origins)


def test_names_split_from_their_ports() -> None:
    assert split_host("a.example:80") == ("a.example", 80)
    assert split_host("[::1]:80") == ("[::1]", 80)
    assert split_host("::1") == ("[::1]", None)
    assert split_host("a.example") == ("a.example", None)
