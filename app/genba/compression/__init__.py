"""Step 3: recipes, the passes that rewrite ONNX models, and the quality of what comes out."""
