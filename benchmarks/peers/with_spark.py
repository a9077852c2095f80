"""Spark in one process: the compiled SQL, transpiled, over the same Parquet."""

import sys
from pathlib import Path

from pyspark.sql import SparkSession


def build(cut: Path, out: Path) -> None:
    """Build the subset from the cut and write the marts as Parquet."""
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "4g")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .getOrCreate()
    )
    for path in (cut / "inputs").glob("*.parquet"):
        spark.read.parquet(str(path)).createOrReplaceTempView(path.stem)
    for path in sorted((cut / "spark").glob("*.sql")):
        name = path.stem[3:]
        frame = spark.sql(path.read_text())
        # Each model is written, as the other tools write it, and read by the next from there.
        frame.write.mode("overwrite").parquet(str(out / f"{name}.parquet"))
        spark.read.parquet(str(out / f"{name}.parquet")).createOrReplaceTempView(name)
    spark.stop()
    # Java ends when its input does; only a process that was waited for counts its processor time.
    java = spark.sparkContext._gateway.proc
    java.stdin.close()
    java.wait()


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
