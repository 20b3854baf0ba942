"""Settings: every fault at once, and secrets that only their owner reads."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from webmap.settings import BadSettings, Settings, is_loopback, kept_secret


def read(**said: str) -> Settings:
    return Settings.from_environment({f"TRYGGKARTA_{name.upper()}": value for name, value in said.items()})


class TestFaults:
    def test_all_are_said_at_once(self):
        with pytest.raises(BadSettings) as raised:
            read(secret_key="kort", database_url="mysql://x", public_url="ftp://x", language="fi")
        assert [said.split(":")[0] for said in raised.value.faults] == [
            "TRYGGKARTA_SECRET_KEY",
            "TRYGGKARTA_DATABASE_URL",
            "TRYGGKARTA_PUBLIC_URL",
            "TRYGGKARTA_LANGUAGE",
        ]

    def test_nothing_set_is_fine(self):
        assert read().database_address().endswith("/instance/tryggkarta.gpkg")

    def test_an_empty_setting_is_not_set(self):
        assert read(language=" ").language == "sv"


class TestDatabase:
    def test_the_demo_keeps_to_a_file_of_its_own(self, tmp_path):
        settings = read(data_dir=str(tmp_path))
        assert settings.for_demo().database_address() == f"sqlite:///{tmp_path / 'demo.gpkg'}"

    def test_a_url_names_the_one_database_also_for_the_demo(self):
        settings = read(database_url="postgresql://h/d")
        assert settings.for_demo().database_address() == settings.database_address() == "postgresql://h/d"


class TestSecret:
    def test_it_is_made_once_and_for_its_owner_alone(self, tmp_path):
        settings = read(data_dir=str(tmp_path))
        assert settings.secret() == settings.secret()
        assert len(settings.secret()) >= 32
        assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600

    def test_two_that_start_together_agree(self, tmp_path):
        path: Path = tmp_path / "new" / "secret"
        assert kept_secret(path, 48) == kept_secret(path, 48)


class TestPublicAddress:
    @pytest.mark.parametrize(
        ("url", "is_secure", "hosts"),
        [
            ("", False, ["127.0.0.1", "localhost"]),
            ("https://karta.vara.se", True, ["127.0.0.1", "localhost", "karta.vara.se"]),
            ("http://localhost:8000", False, ["127.0.0.1", "localhost"]),
        ],
    )
    def test_it_decides_cookies_and_trusted_hosts(self, url, is_secure, hosts):
        settings = read(public_url=url)
        assert (settings.is_secure, settings.trusted_hosts) == (is_secure, hosts)

    @pytest.mark.parametrize(
        ("host", "is_own"),
        [
            ("127.0.0.1", True),
            ("::1", True),
            ("192.0.2.1", False),
            ("10.0.0.1", False),
            ("127.evil.example", False),
        ],
    )
    def test_this_machine_is_told_from_others(self, host, is_own):
        assert is_loopback(host) == is_own


class TestSecretMadeTwice:
    def test_an_empty_file_is_made_anew(self, tmp_path):
        (tmp_path / "secret").touch()
        assert len(Settings(data_dir=str(tmp_path)).secret()) >= 32

    def test_processes_that_start_together_share_one(self, tmp_path):
        with ThreadPoolExecutor(8) as together:
            found = set(together.map(lambda _: Settings(data_dir=str(tmp_path)).secret(), range(40)))
        assert len(found) == 1
        assert [path.name for path in tmp_path.iterdir()] == ["secret"]


class TestColumns:
    def test_they_lie_in_the_data_folder_and_may_take_a_gigabyte(self, tmp_path):
        settings = read(data_dir=str(tmp_path))
        assert settings.columns_folder == tmp_path / "columns"
        assert settings.most_column_bytes == 10**9

    @pytest.mark.parametrize("said", ["0", "-1", "much", "1.5", "٣"])
    def test_another_size_than_a_whole_number_is_a_fault(self, said):
        with pytest.raises(BadSettings) as raised:
            read(columns_mb=said)
        assert raised.value.faults[0].startswith("TRYGGKARTA_COLUMNS_MB")


class TestProvider:
    KNOWN = {"oidc_issuer": "https://id.vara.se", "oidc_client_id": "us", "oidc_roles": "A=admin@1470"}

    def test_none_is_named_until_one_is(self):
        assert read().provider is None
        assert read(**self.KNOWN).provider.issuer == "https://id.vara.se"

    def test_a_word_may_hold_commas_and_equals_signs(self):
        said = read(
            **self.KNOWN | {"oidc_roles": "CN=Trygg,OU=IT=coordinator@1470, B = admin@1446;"}
        ).provider
        assert [(each.claim, each.role, each.municipality) for each in said.roles] == [
            ("CN=Trygg,OU=IT", "coordinator", "1470"),
            ("B", "admin", "1446"),
        ]

    @pytest.mark.parametrize(
        "said",
        [
            {"oidc_issuer": "http://id.vara.se"},
            {"oidc_issuer": "http://127.evil.example"},
            {"oidc_issuer": "https://user@id.vara.se"},
            {"oidc_issuer": "https://id.vara.se?x"},
            {"oidc_issuer": ""},
            {"oidc_client_id": ""},
            {"oidc_roles": ""},
            {"oidc_roles": "A=king@1470"},
            {"oidc_roles": "A=admin@14700"},
            {"oidc_roles": "A=admin"},
            {"oidc_roles": "=admin@1470"},
            {"oidc_roles": "A=admin@1470,B"},
        ],
        ids=str,
    )
    def test_one_that_cannot_be_is_refused(self, said):
        with pytest.raises(BadSettings, match="OIDC"):
            read(**self.KNOWN | said)

    @pytest.mark.parametrize(
        "said", [{"reports_per_minute": "0"}, {"reports_per_minute": "x"}, {"quickest_report_s": "-1"}]
    )
    def test_numbers_that_are_none_are_refused(self, said):
        with pytest.raises(BadSettings):
            read(**said)
