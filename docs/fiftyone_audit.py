"""Loads an audit with --maps into FiftyOne: python fiftyone_audit.py OUT IMAGES"""
import json, re, sys
from pathlib import Path
import duckdb, fiftyone as fo, numpy as np
from PIL import Image, ImageOps

out, images = Path(sys.argv[1]), Path(sys.argv[2])
names = json.loads((out / "run.json").read_text())["classNames"]
dataset = fo.Dataset(out.resolve().name, overwrite=True)
samples = {}
for key, model, precision, framing, h, w, values in duckdb.execute(
        "SELECT key, model, precision, framing, height, width, values FROM read_parquet(?)"
        " WHERE kind = 'cam' ORDER BY key", [str(out / "maps.parquet")]).fetchall():
    sample = samples.setdefault(key, fo.Sample(filepath=str((images / key).resolve())))
    size = np.array(ImageOps.exif_transpose(Image.open(images / key)).size)
    crop = re.fullmatch(r"resize=(\d+),crop=(\d+)", framing)  # else the whole image is seen
    seen = np.round(size.min() * int(crop[2]) / int(crop[1])).repeat(2).astype(int) if crop else size
    cam = Image.fromarray(np.array(values, np.float32).reshape(h, w)).resize(tuple(seen), Image.BILINEAR)
    whole = Image.new("F", tuple(size))
    whole.paste(cam, tuple((size - seen) // 2))
    sample[re.sub(r"\W", "_", f"{model}_{precision}_map")] = fo.Heatmap(map=np.array(whole), range=[0, max(values) or 1])
for key, model, precision, answer, probability, cc in duckdb.execute(
        "SELECT key, model, precision, predicted_class, probability, CC FROM read_parquet(?)"
        " WHERE reference = 'f32'", [str(out / "rows.parquet")]).fetchall():
    label = names[answer] if names else str(answer)
    samples[key][re.sub(r"\W", "_", f"{model}_{precision}")] = fo.Classification(label=label, confidence=probability, CC=cc)
dataset.add_samples(samples.values())
fo.launch_app(dataset).wait()
