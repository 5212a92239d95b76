"""A private Spark 3.5 cluster with Iceberg: a master, two workers and a Thrift server.

All of it lies in a temporary folder, listens on loopback only, and is stopped by process id.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

START_SECONDS = 120.0
STOP_SECONDS = 20.0
WORKERS = 2
ICEBERG_JAR = "iceberg-spark-runtime-3.5_2.12-*.jar"
# Where code is compiled in one step, Java keeps 48 MB for it, which Spark fills: it then sweeps and
# compiles without end.
_JAVA = (
    "-Duser.timezone=UTC -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m"
    " -XX:+UseSerialGC -XX:+DisableExplicitGC"
)
_LOG = """rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n%ex
"""
_THRIFT = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"


@dataclass(frozen=True)
class Cluster:
    """Where the Thrift server of a cluster is, the folder of its warehouse, and its programs."""

    host: str
    port: int
    folder: Path
    environment: Path

    def variables(self) -> dict[str, str]:
        """The variables by which the profile finds it."""
        return {"SCORING_SPARK_HOST": self.host, "SCORING_SPARK_PORT": str(self.port)}


def spark_home(environment: Path) -> Path | None:
    """Folder of Spark in a virtual environment, None where it is not installed there."""
    return next(environment.glob("lib/python*/site-packages/pyspark"), None)


@contextmanager
def private_cluster(environment: Path) -> Iterator[Cluster]:
    """A cluster with an empty warehouse, stopped and removed at the end.

    Args:
        environment: virtual environment of requirements-spark.lock.
    """
    home = spark_home(environment)
    assert home is not None, f"{environment} has no Spark"
    jar = next(home.parent.glob(f"snowpark_connect_deps_iceberg/jars/{ICEBERG_JAR}"))
    folder = Path(tempfile.mkdtemp(prefix="scoring-spark-"))
    variables = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "true",
        # Of the Thrift server too, which passes over the memory of a driver.
        "SPARK_DAEMON_MEMORY": "3g",
        "SPARK_CONF_DIR": str(folder / "conf"),
        "PYSPARK_PYTHON": str(environment / "bin" / "python"),
        "TZ": "UTC",
    }
    master, ui, worker_ui, thrift = (_free_port() for _ in range(4))
    (folder / "conf").mkdir()
    (folder / "conf" / "spark-defaults.conf").write_text(
        "".join(f"{name} {value}\n" for name, value in _settings(folder, jar).items()),
        encoding="utf-8",
    )
    (folder / "conf" / "log4j2.properties").write_text(_LOG, encoding="utf-8")
    address = f"spark://127.0.0.1:{master}"
    spark_class = home / "bin" / "spark-class"
    try:
        with ExitStack() as processes:

            def start(name: str, arguments: Sequence[str | Path]) -> subprocess.Popen[bytes]:
                return processes.enter_context(_process(name, arguments, folder, variables))

            start(
                "master",
                [
                    spark_class,
                    _MASTER,
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(master),
                    "--webui-port",
                    str(ui),
                ],
            )
            for place in range(WORKERS):
                start(
                    f"worker-{place}",
                    [
                        spark_class,
                        _WORKER,
                        "--host",
                        "127.0.0.1",
                        "--cores",
                        "1",
                        "--memory",
                        "2g",
                        "--webui-port",
                        str(worker_ui + place),
                        "--work-dir",
                        folder / f"work-{place}",
                        address,
                    ],
                )
            server = start(
                "thrift",
                [
                    home / "bin" / "spark-submit",
                    "--class",
                    _THRIFT,
                    "--master",
                    address,
                    "--conf",
                    "spark.executor.memory=1536m",
                    "--hiveconf",
                    f"hive.server2.thrift.port={thrift}",
                    "--hiveconf",
                    "hive.server2.thrift.bind.host=127.0.0.1",
                    "spark-internal",
                ],
            )
            _wait(server, thrift, folder / "thrift.log")
            yield Cluster("127.0.0.1", thrift, folder, environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settings(folder: Path, jar: Path) -> Mapping[str, str]:
    catalog = f"{folder}/metastore;create=true"
    return {
        "spark.driver.extraClassPath": str(jar),
        "spark.executor.extraClassPath": str(jar),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.catalog.spark_catalog": "org.apache.iceberg.spark.SparkSessionCatalog",
        "spark.sql.catalog.spark_catalog.type": "hive",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={catalog}",
        "spark.hadoop.iceberg.engine.hive.lock-enabled": "false",
        # A pool of connections to an embedded catalog is three threads more for each session.
        "spark.hadoop.datanucleus.connectionPoolingType": "None",
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={folder} {_JAVA}",
        "spark.executor.extraJavaOptions": _JAVA,
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        # A product of wide decimals keeps its digits, rather than being cut to six.
        "spark.sql.decimalOperations.allowPrecisionLoss": "false",
        # Compiling a query takes longer than running it on a sample.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.sql.defaultCatalog": "spark_catalog",
    }


@contextmanager
def _process(
    name: str, arguments: Sequence[str | Path], folder: Path, variables: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(arguments, stdout=log, stderr=log, cwd=folder, env=variables)
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        text = log.read_text(encoding="utf-8", errors="replace")[-4000:]
        assert process.poll() is None, f"Spark stopped: {text}"
        assert time.monotonic() < deadline, f"Spark does not answer: {text}"
        time.sleep(0.3)
